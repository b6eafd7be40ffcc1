// How CheckDesk answers the rows of a stream; check_stream.h splits the stream into rows.
#include <algorithm>
#include <array>
#include <span>

#include "cache/base/json_writer.h"
#include "cache/base/limits.h"
#include "cache/filing/parse_canonical.h"
#include "cache/snapshot/fetch_ahead.h"
#include "gate/http/check_desk.h"
#include "gate/http/check_stream.h"
#include "gate/http/media_type.h"

namespace beian::http {
namespace {

// The number that a row seems to claim, found without parsing the row. Only a guess: what looks
// like the field may be inside a text, and a number that is escaped or not canonical is missed.
std::optional<FilingKey> number_claimed(std::string_view row) noexcept {
  constexpr std::string_view kField = "\"filing_number\"";
  const std::size_t field = row.find(kField);
  if (field == std::string_view::npos) return std::nullopt;
  row.remove_prefix(field + kField.size());
  const std::size_t begin = row.find_first_not_of(": ");
  if (begin == std::string_view::npos || row[begin] != '"') return std::nullopt;
  row.remove_prefix(begin + 1);
  NumberParts parts;
  if (!parse_canonical(row.substr(0, row.find('"')), &parts)) return std::nullopt;
  return FilingNumber::pack(parts).key();
}

}  // namespace

// Answers the rows of one stream. Each is judged by the generation, policy and day current at that
// moment: a stream may outlast any of them. Only a caller's profile that a reload has removed stays
// as it was when the stream began.
class CheckDesk::StreamedRows final : public RowAnswers {
 public:
  StreamedRows(CheckDesk* desk, const Asking& asking)
      : desk_(*desk),
        callers_(desk_.state_.callers),
        policies_(desk_.state_.policies),
        asking_(asking),
        asker_(*desk_.decider_.recorder().asker()) {
    asking_.policies_before = policies_.get();
    desk_.stats_.streams_begun.add();
  }
  ~StreamedRows() override { desk_.stats_.streams_ended.add(); }

  void expect(std::string_view text) override {
    std::array<FilingKey, kRowsAhead> keys;
    std::size_t count = 0;
    for (std::size_t row = 0; row < kRowsAhead && !text.empty(); ++row) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (const auto key = number_claimed(text.substr(0, end))) keys[count++] = *key;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    cache::fetch_ahead(desk_.state_.generation->registry(), std::span(keys).first(count));
  }

  std::optional<Effect> answer(std::string_view row, std::string* out) override {
    Decider& decider = desk_.decider_;
    asking_.time = desk_.clock_();
    asking_.charge(1);
    wire::Problem fault;
    if (desk_.reader_.read(row, {asking_.is_strict}, &decider.check(), &fault) &&
        decider.is_operation_allowed(asking_, &fault)) {
      if (decider.is_logging()) *decider.recorder().asker() = asker_;
      if (decider.append(asking_, /*is_full=*/false, {log::RequestForm::kJson, row}, out))
        return decider.decision().effect;
      fault = unlogged_problem();
    }
    wire::append_problem_item(decider.check(), fault, out);
    return std::nullopt;
  }

  void refuse_long(std::string* out) override {
    asking_.time = desk_.clock_();
    asking_.charge(1);
    CheckRequest& check = desk_.decider_.check();
    check.clear();
    wire::append_problem_item(
        check,
        {413, "row-too-large",
         "a row has at most " + std::to_string(limits::kStreamLineBytesMax) + " bytes", ""},
        out);
  }

  void describe_registry(std::string* out) override {
    const cache::Generation& generation = *desk_.state_.generation;
    JsonWriter json(out);
    json.begin_object();
    json.unsigned_field("serial", generation.serial());
    asking_.time = desk_.clock_();
    json.word_field("state", name_of(generation.freshness(asking_.now())));
    json.end_object();
  }

 private:
  CheckDesk& desk_;
  const std::shared_ptr<const Callers> callers_;     // keeps asking_.caller alive
  const std::shared_ptr<const PolicySet> policies_;  // the same for asking_.policies_before
  Asking asking_;
  const Asker asker_;
};

void CheckDesk::begin_stream(Exchange* exchange) {
  exchange->response.content_type = kJsonLines;
  exchange->stream =
      std::make_unique<CheckStream>(std::make_unique<StreamedRows>(this, exchange->asking));
}

}  // namespace beian::http
