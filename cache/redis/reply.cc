#include "cache/redis/reply.h"

#include <hiredis/hiredis.h>

#include <utility>

#include "cache/redis/reply_guard.h"

namespace beian::cache {
namespace {

// hiredis builds its reply in place: this returns the Reply that a task fills, which goes back to
// hiredis as an opaque object. The parent's object is found in the task; an array has all its
// elements before they are filled, so their addresses are stable. noexcept: no exception may cross
// C frames, and exhausted memory ends the process.
Reply* place_of(const redisReadTask* task) noexcept {
  if (task->parent == nullptr) return static_cast<Reply*>(task->privdata);
  auto* parent = static_cast<Reply*>(task->parent->obj);
  return &parent->elements[static_cast<std::size_t>(task->idx)];
}

ReplyType type_of(int type) noexcept {
  switch (type) {
    case REDIS_REPLY_STATUS:
      return ReplyType::kStatus;
    case REDIS_REPLY_ERROR:
      return ReplyType::kError;
    default:
      return ReplyType::kText;
  }
}

void* make_text(const redisReadTask* task, char* text, std::size_t bytes) noexcept {
  Reply* const reply = place_of(task);
  reply->type = type_of(task->type);
  reply->text.assign(text, bytes);
  return reply;
}

// hiredis 0.14 counts elements in int, 1.x in size_t.
template <class Count>
void* make_array(const redisReadTask* task, Count count) noexcept {
  Reply* const reply = place_of(task);
  reply->type = ReplyType::kArray;
  reply->elements.resize(static_cast<std::size_t>(count));
  return reply;
}

void* make_integer(const redisReadTask* task, long long value) noexcept {
  Reply* const reply = place_of(task);
  reply->type = ReplyType::kInteger;
  reply->integer = value;
  return reply;
}

void* make_nil(const redisReadTask* task) noexcept {
  Reply* const reply = place_of(task);
  reply->type = ReplyType::kNil;
  return reply;
}

// The reply belongs to the parser, not to hiredis.
void free_nothing(void*) noexcept {}

redisReplyObjectFunctions make_functions() {
  redisReplyObjectFunctions functions{};
  functions.createString = &make_text;
  functions.createArray = &make_array;
  functions.createInteger = &make_integer;
  functions.createNil = &make_nil;
  functions.freeObject = &free_nothing;
  return functions;
}

redisReplyObjectFunctions functions = make_functions();

}  // namespace

std::string_view name_of(ReplyType type) noexcept {
  constexpr std::string_view kNames[] = {"nil", "text", "status", "error", "integer", "array"};
  return kNames[static_cast<std::size_t>(type)];
}

bool Reply::is_error(std::string_view code) const noexcept {
  return is_error() && text.starts_with(code) &&
         (text.size() == code.size() || text[code.size()] == ' ');
}

struct ReplyParser::State {
  std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader{
      redisReaderCreateWithFunctions(&functions), &redisReaderFree};
  ReplyGuard guard;
  Reply building;  // filled by the functions above until the reply is complete
};

ReplyParser::ReplyParser() : state_(std::make_unique<State>()) {
  BEIAN_ASSERT(state_->reader != nullptr);
  state_->reader->privdata = &state_->building;
  state_->reader->maxbuf = limits::kRedisReadBytes;
}

ReplyParser::~ReplyParser() = default;

Result<void> ReplyParser::feed(std::string_view bytes) {
  if (auto taken = state_->guard.take(bytes); !taken) return taken;
  redisReaderFeed(state_->reader.get(), bytes.data(), bytes.size());
  return {};
}

Result<std::optional<Reply>> ReplyParser::next() {
  if (auto still_good = state_->guard.take({}); !still_good) return still_good.error();
  void* made = nullptr;
  if (redisReaderGetReply(state_->reader.get(), &made) != REDIS_OK) {
    return make_error(ErrorKind::kBadInput,
                      "reply byte 0: hiredis refuses it: " + std::string(state_->reader->errstr));
  }
  if (made == nullptr) return std::optional<Reply>{};
  return std::optional<Reply>(std::exchange(state_->building, {}));
}

void append_command(const RedisCommand& command, std::string* out) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* bytes = nullptr;
  const int count =
      redisFormatCommandArgv(&bytes, static_cast<int>(command.size()), words.data(), sizes.data());
  BEIAN_ASSERT(count > 0);
  out->append(bytes, static_cast<std::size_t>(count));
  redisFreeCommand(bytes);
}

}  // namespace beian::cache
