#include "gate/http/listen_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdio>
#include <cstring>
#include <ostream>

#include "tests/http/raw_client.h"

namespace beian::http {
namespace {

struct AddressRow {
  const char* name;
  const char* text;
  bool is_valid;
  const char* host;
  unsigned port;
};
std::ostream& operator<<(std::ostream& out, const AddressRow& row) {
  return out << row.text;
}

class AddressText : public testing::TestWithParam<AddressRow> {};

TEST_P(AddressText, IsReadAndWrittenBack) {
  const AddressRow& row = GetParam();
  const auto address = parse_listen_address(row.text);
  ASSERT_EQ(address.has_value(), row.is_valid);
  if (!row.is_valid) {
    EXPECT_EQ(address.error().kind, ErrorKind::kUsage);
    EXPECT_NE(address.error().message.find(row.text), std::string::npos);
    return;
  }
  EXPECT_EQ(address->host, row.host);
  EXPECT_EQ(address->port, row.port);
  EXPECT_EQ(address->text(), row.text);
}

INSTANTIATE_TEST_SUITE_P(Rows, AddressText,
                         testing::Values(AddressRow{"v4", "127.0.0.1:80", true, "127.0.0.1", 80},
                                         AddressRow{"name", "localhost:0", true, "localhost", 0},
                                         AddressRow{"v6", "[::1]:65535", true, "::1", 65535},
                                         AddressRow{"unix", "unix:/a/b", true, "unix:/a/b", 0},
                                         AddressRow{"no_port", "127.0.0.1", false, "", 0},
                                         AddressRow{"empty_port", "127.0.0.1:", false, "", 0},
                                         AddressRow{"large_port", "a:65536", false, "", 0},
                                         AddressRow{"word_port", "a:http", false, "", 0},
                                         AddressRow{"signed_port", "a:-1", false, "", 0},
                                         AddressRow{"only_port", ":80", false, "", 0},
                                         AddressRow{"empty_v6", "[]:80", false, "", 0},
                                         AddressRow{"bare_v6", "::1:80", false, "", 0}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ListenSocket, UnknownNameIsAUsageError) {
  const auto socket = open_listen_socket({"no-such-host.invalid", 0});
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, ErrorKind::kUsage);
}

TEST(ListenSocket, V6IsListenedAt) {
  const auto socket = open_listen_socket({"::1", 0});
  if (!socket) GTEST_SKIP() << "no IPv6 here: " << socket.error().message;
  EXPECT_GT(socket->port, 0);
}

// An echo server on a Unix socket, with two workers.
auto start_at(const std::string& path) {
  ServerOptions options;
  options.address = {"unix:" + path, 0};
  options.threads = 2;
  options.limits.linger_deadline = std::chrono::minutes{1};
  options.clock = [] { return std::chrono::system_clock::now(); };
  return Server::start(options, [](unsigned) { return std::make_unique<EchoService>(); });
}

FileDescriptor connected_to(const std::string& path) {
  FileDescriptor client(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  return client;
}

TEST(ListenSocket, UnixSocketServesAllWorkersAndReplacesAStaleOne) {
  const std::string path = testing::TempDir() + "beian-http-" + std::to_string(::getpid());
  for (int round = 0; round < 2; ++round) {  // the first round leaves its socket file behind
    const auto server = start_at(path);
    ASSERT_TRUE(server) << server.error().message;
    const FileDescriptor client = connected_to(path);
    constexpr std::string_view kGet = "GET /__echo HTTP/1.0\r\n\r\n";
    ASSERT_EQ(::send(client.get(), kGet.data(), kGet.size(), 0), static_cast<ssize_t>(kGet.size()));
    char answer[512];
    ASSERT_GT(::recv(client.get(), answer, sizeof answer, 0), 12);
    EXPECT_EQ(std::string_view(answer, 12), "HTTP/1.1 200");
  }
  std::remove(path.c_str());
}

// Unwanted bytes are discarded differently than with TCP (tests/http/server_test.cc).
TEST(ListenSocket, OverAUnixSocketARefusalReachesAPeerThatIsStillSending) {
  const std::string path = testing::TempDir() + "beian-http-" + std::to_string(::getpid());
  const auto server = start_at(path);
  ASSERT_TRUE(server) << server.error().message;
  const FileDescriptor client = connected_to(path);
  std::string text = "POST /__echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n";
  text.resize(text.size() + 2'000'000, 'a');
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t more = ::send(client.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    ASSERT_GT(more, 0) << "after " << sent;
    sent += static_cast<std::size_t>(more);
  }
  char answer[512];
  ASSERT_GT(::recv(client.get(), answer, sizeof answer, 0), 12);
  EXPECT_EQ(std::string_view(answer, 12), "HTTP/1.1 413");
  while ((*server)->stats().bytes_in < text.size())
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  std::remove(path.c_str());
}

TEST(ListenSocket, FileInTheWayOfAUnixSocketIsKept) {
  const std::string path = testing::TempDir() + "beian-file-" + std::to_string(::getpid());
  std::FILE* const file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fclose(file);
  const auto socket = open_listen_socket({"unix:" + path, 0});
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(std::remove(path.c_str()), 0) << "still there";
}

}  // namespace
}  // namespace beian::http
