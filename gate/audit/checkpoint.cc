#include "gate/audit/checkpoint.h"

#include <unistd.h>

#include "cache/base/file.h"
#include "cache/base/json_writer.h"
#include "cache/base/limits.h"
#include "gate/audit/json_state.h"

namespace beian::audit {
namespace {

constexpr std::uint64_t kVersion = 1;  // of the file; other versions are refused

void read_state(const StateObject& state, Checkpoint* out, StateFault* fault) {
  if (state.number("version") != kVersion)
    return fault->set("written by another version of the program");
  const StateObject catalog = state.object("catalog");
  if (catalog.has("bytes")) out->key.catalog.bytes = catalog.number("bytes");
  out->key.catalog.head = catalog.text("head");
  out->key.registry = state.text("registry");
  out->key.options = state.text("options");
  const auto now = parse_instant(state.text("now"));
  if (!now) return fault->set("`now` is no time");
  out->now = *now;
  const StateObject place = state.object("place");
  out->place = {place.number("offset"), place.number("rows"), place.number("lines")};
  state.for_each("outputs", [&](const StateObject& output) {
    out->output_bytes.push_back(output.number("bytes"));
  });
  read_summary(state.object("summary"), &out->summary, fault);
}

}  // namespace

Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return std::optional<Checkpoint>{};
  const auto text = read_file(path, limits::kAuditStateBytesMax);
  if (!text) return text.error();
  StateFault fault;
  StateDocument document;
  std::optional<Checkpoint> checkpoint(std::in_place);
  if (const auto state = document.parse(*text, &fault)) read_state(*state, &*checkpoint, &fault);
  if (fault.is_set()) return fault.error(path);
  return checkpoint;
}

Result<void> save_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  std::string text;
  JsonWriter json(&text);
  json.begin_object();
  json.unsigned_field("version", kVersion);
  json.key("catalog");
  json.begin_object();
  if (checkpoint.key.catalog.bytes) json.unsigned_field("bytes", *checkpoint.key.catalog.bytes);
  json.field("head", checkpoint.key.catalog.head);
  json.end_object();
  json.field("registry", checkpoint.key.registry);
  json.field("options", checkpoint.key.options);
  json.field("now", format_instant(checkpoint.now));
  json.key("place");
  json.begin_object();
  json.unsigned_field("offset", checkpoint.place.offset);
  json.unsigned_field("rows", checkpoint.place.rows);
  json.unsigned_field("lines", checkpoint.place.lines);
  json.end_object();
  json.key("outputs");
  json.begin_array();
  for (const std::uint64_t bytes : checkpoint.output_bytes) {
    json.begin_object();
    json.unsigned_field("bytes", bytes);
    json.end_object();
  }
  json.end_array();
  std::string summary;
  append_json(checkpoint.summary, &summary);
  json.key("summary");
  json.raw(summary);
  json.end_object();
  text += '\n';
  return write_file_atomically(path, as_bytes(text));
}

Result<void> check_same(const AuditKey& before, const AuditKey& now, const std::string& path) {
  const auto differs = [&](const std::string& what) {
    return make_error(ErrorKind::kBadInput,
                      path + " is the state of an audit " + what + "; remove it to start over");
  };
  if (before.catalog != now.catalog) return differs("of another catalog, or this one has changed");
  if (before.registry != now.registry) return differs("against another registry");
  if (before.options != now.options)
    return differs("with other options (" + before.options + ", now " + now.options + ")");
  return {};
}

}  // namespace beian::audit
