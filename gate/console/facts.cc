#include "gate/console/facts.h"

#include "cache/base/bytes.h"
#include "cache/base/json_writer.h"
#include "cache/base/sha256.h"
#include "gate/audit/code_text.h"
#include "gate/wire/messages.h"

namespace beian::console {
namespace {

std::string hash_of(std::string_view text) {
  return to_base64(sha256(text));
}

void write_words(Code code, wire::Language language, JsonWriter* json) {
  const audit::CodeText& text = audit::code_text(code);
  json->begin_object();
  json->field("title", text.title.in(language));
  json->field("help", text.help.in(language));
  json->field("basis", wire::basis_of(code, language));
  json->end_object();
}

}  // namespace

std::string facts_json(std::string_view report_style, std::string_view report_script) {
  std::string text;
  JsonWriter json(&text);
  json.begin_object();
  json.field("version", BEIAN_VERSION);
  json.field("style_hash", hash_of(report_style));
  json.field("script_hash", hash_of(report_script));
  json.key("codes");
  json.begin_object();
  for (int i = 0; i < kCodeCount; ++i) {
    const auto code = static_cast<Code>(i);
    json.key(name_of(code));
    json.begin_object();
    json.key("zh-CN");
    write_words(code, wire::Language::kZh, &json);
    json.key("en");
    write_words(code, wire::Language::kEn, &json);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  return text;
}

}  // namespace beian::console
