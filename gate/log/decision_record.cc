#include "gate/log/decision_record.h"

#include <simdjson.h>

#include "gate/log/limits.h"

namespace beian::log {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kDepthMax = 4;  // an object that holds a list

}  // namespace

struct DecisionReader::State {
  State() : parser(kRecordBytesMax + limits::kBodyPaddingBytes) {}

  // Reads the text at `key`: empty if it is null or absent. False if it is of another type.
  bool text(const dom::object& object, std::string_view key, std::string_view* out) {
    dom::element value;
    *out = {};
    if (object[key].get(value) != simdjson::SUCCESS || value.is_null()) return true;
    return value.get(*out) == simdjson::SUCCESS;
  }

  bool read(const dom::object& object) {
    const bool has_texts =
        text(object, "time", &record.time) && text(object, "decision_id", &record.decision_id) &&
        text(object, "caller", &record.caller) && text(object, "peer", &record.peer) &&
        text(object, "trace_id", &record.trace_id) &&
        text(object, "request_id", &record.request_id) &&
        text(object, "operation", &record.operation) &&
        text(object, "decision", &record.decision) &&
        text(object, "assurance", &record.assurance) && text(object, "id", &record.id) &&
        text(object, "filing_number", &record.filing_number) &&
        text(object, "platform", &record.platform) && text(object, "package", &record.package) &&
        text(object, "name", &record.name) &&
        text(object, "request_digest", &record.request_digest) &&
        text(object, "request", &record.request);
    const auto second = parse_instant(record.time);
    dom::array findings;
    if (!has_texts || !second || object["serial"].get(record.serial) != simdjson::SUCCESS ||
        object["findings"].get(findings) != simdjson::SUCCESS)
      return false;
    record.second = *second;
    record.findings.clear();
    for (const dom::element finding : findings) {
      std::string_view code;
      if (finding.get(code) != simdjson::SUCCESS) return false;
      record.findings.push_back(code);
    }
    std::string_view form;
    record.request_form.reset();
    if (!text(object, "request_form", &form)) return false;
    if (form == name_of(RequestForm::kJson)) record.request_form = RequestForm::kJson;
    if (form == name_of(RequestForm::kQuery)) record.request_form = RequestForm::kQuery;
    return form.empty() == !record.request_form;
  }

  dom::parser parser;
  DecisionRecord record;
};

DecisionReader::DecisionReader() : state_(std::make_unique<State>()) {}
DecisionReader::~DecisionReader() = default;

Result<const DecisionRecord*> DecisionReader::read(std::string_view line) {
  if (state_->parser.max_depth() != kDepthMax) {
    const auto error = state_->parser.allocate(kRecordBytesMax, kDepthMax);
    BEIAN_ASSERT(error == simdjson::SUCCESS);
  }
  dom::element root;
  dom::object object;
  if (state_->parser.parse(line.data(), line.size(), true).get(root) != simdjson::SUCCESS ||
      root.get(object) != simdjson::SUCCESS || !state_->read(object))
    return make_error(ErrorKind::kDamaged, "not a decision record");
  return &state_->record;
}

}  // namespace beian::log
