// Scripts for the follower's state machine: each line is one event and the command that it must
// give.
//
//   EVENT => COMMAND | STATE | HELD | words of the last error
//
// Whatever follows the command may be left out. A position is EPOCH/SERIAL/x, where the letter x
// stands for a chain. Events:
//   started [POSITION]                  what the local copy held
//   lost, refused, elapsed, snapshot, activated
//   looked [head=ID] [tip=POSITION]
//   manifest POSITION [rollback]
//   batches [SERIAL:x>y]…               entries that lead from chain x to y; in `9@8:x>y` entry 9
//                                       calls itself 8, and `9:!` is not a batch
//   applied COUNT [failed]
//   later MILLISECONDS                  only moves the clock; no command
// Commands: look, manifest ID, snapshot, read SERIAL [block] [candidate], apply COUNT [candidate],
// activate, wait. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cache/redis/follower.h"

namespace beian::cache::test {

inline std::uint64_t integer_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  EXPECT_TRUE(error == std::errc{} && end == text.data() + text.size()) << "no number: " << text;
  return value;
}

inline Sha256 chain_of(char letter) {
  Sha256 chain{};
  chain.fill(static_cast<std::uint8_t>(letter));
  return chain;
}

inline Position position_of(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t second = text.find('/', first + 1);
  EXPECT_EQ(second + 2, text.size()) << "no position: " << text;
  return {integer_of(text.substr(0, first)), integer_of(text.substr(first + 1, second - first - 1)),
          chain_of(text.back())};
}

inline std::string text_of(const std::optional<Position>& position) {
  if (!position) return "-";
  return std::to_string(position->epoch) + "/" + std::to_string(position->serial) + "/" +
         static_cast<char>(position->chain[0]);
}

inline std::string text_of(const FollowerCommand& command) {
  using Kind = FollowerCommand::Kind;
  const std::string candidate = command.is_on_candidate ? " candidate" : "";
  switch (command.kind) {
    case Kind::kLook:
      return "look";
    case Kind::kReadManifest:
      return "manifest " + command.head;
    case Kind::kReadSnapshot:
      return "snapshot";
    case Kind::kReadBatches:
      return "read " + std::to_string(command.after) + (command.wait.count() > 0 ? " block" : "") +
             candidate;
    case Kind::kApply:
      return "apply " + std::to_string(command.count) + candidate;
    case Kind::kActivate:
      return "activate";
    case Kind::kWait:
      break;
  }
  return "wait";
}

inline follower_event::Batch batch_of(std::string_view text) {
  follower_event::Batch batch;
  const std::size_t colon = text.find(':');
  const std::string_view names = text.substr(0, colon);
  const std::size_t at = names.find('@');
  batch.entry = integer_of(names.substr(0, at));
  batch.serial = at == std::string_view::npos ? batch.entry : integer_of(names.substr(at + 1));
  const std::string_view chains = text.substr(colon + 1);
  if (chains == "!") {
    batch.error = make_error(ErrorKind::kUntrusted, "no key of ours signed it");
  } else {
    EXPECT_EQ(chains.size(), 3U) << "no batch: " << text;
    batch.previous = chain_of(chains.front());
    batch.chain = chain_of(chains.back());
  }
  return batch;
}

inline FollowerEvent event_of(const std::vector<std::string>& words) {
  using namespace follower_event;
  const std::string& name = words[0];
  if (name == "started") {
    if (words.size() == 1) return Started{};
    return Started{position_of(words[1])};
  }
  if (name == "lost") return Lost{make_error(ErrorKind::kUnavailable, "redis is gone")};
  if (name == "refused") return Refused{make_error(ErrorKind::kDamaged, "it cannot be used")};
  if (name == "looked") {
    Looked looked;
    for (const std::string& word : words) {
      const std::string value = word.substr(word.find('=') + 1);
      if (word.starts_with("head=")) looked.head = value;
      if (word.starts_with("tip=")) looked.tip = position_of(value);
    }
    return looked;
  }
  if (name == "manifest") return ManifestRead{position_of(words[1]), words.back() == "rollback"};
  if (name == "snapshot") return SnapshotRead{};
  if (name == "batches") {
    BatchesRead read;
    for (std::size_t i = 1; i < words.size(); ++i) read.batches.push_back(batch_of(words[i]));
    return read;
  }
  if (name == "applied") {
    Applied applied{integer_of(words[1]), {}};
    if (words.back() == "failed") applied.error = make_error(ErrorKind::kConflict, "contradiction");
    return applied;
  }
  if (name == "activated") return Activated{};
  EXPECT_EQ(name, "elapsed") << "no event";
  return Elapsed{};
}

inline std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// Plays scripts to one follower; a line whose command differs is a failure.
class Play {
 public:
  void run(std::string_view script) {
    std::istringstream lines{std::string(script)};
    for (std::string line; std::getline(lines, line);) {
      const std::size_t arrow = line.find("=>");
      const std::vector<std::string> words = words_of(line.substr(0, arrow));
      if (words.empty()) continue;
      if (words[0] == "later") {
        now_ += std::chrono::milliseconds(integer_of(words[1]));
        continue;
      }
      last_ = follower_.on(event_of(words), now_);
      expect(line, arrow == std::string::npos ? "" : line.substr(arrow + 2));
    }
  }

  const Follower& follower() const { return follower_; }
  const FollowerCommand& last() const { return last_; }

 private:
  void expect(const std::string& line, const std::string& rest) {
    std::vector<std::string> parts;
    std::istringstream in(rest);
    for (std::string part; std::getline(in, part, '|');) {
      const std::size_t from = part.find_first_not_of(' ');
      if (from == std::string::npos) {
        parts.emplace_back();
      } else {
        parts.push_back(part.substr(from, part.find_last_not_of(' ') + 1 - from));
      }
    }
    parts.resize(4);
    EXPECT_EQ(text_of(last_), parts[0]) << line;
    EXPECT_TRUE(parts[1].empty() || name_of(follower_.state()) == parts[1])
        << line << "\n  is: " << name_of(follower_.state());
    EXPECT_TRUE(parts[2].empty() || text_of(follower_.held()) == parts[2])
        << line << "\n  is: " << text_of(follower_.held());
    if (parts[3].empty()) return;
    ASSERT_TRUE(follower_.last_error()) << line;
    EXPECT_NE(follower_.last_error()->message.find(parts[3]), std::string::npos)
        << line << "\n  is: " << follower_.last_error()->message;
  }

  Follower follower_{42};
  std::chrono::milliseconds now_{0};
  FollowerCommand last_;
};

// From nothing to following serial 5 of epoch 1.
inline constexpr std::string_view kFollowing = R"(
  started                                     => look        | connecting  | -
  looked head=m tip=1/5/a                     => manifest m  | connecting
  manifest 1/5/a                              => snapshot    | full_resync
  snapshot                                    => activate    | full_resync | -
  activated                                   => look        | full_resync | 1/5/a
  looked head=m tip=1/5/a                     => read 5 block| following   | 1/5/a
)";

class FollowerTest : public ::testing::Test, protected Play {
 protected:
  void follow() { run(kFollowing); }
};

}  // namespace beian::cache::test
