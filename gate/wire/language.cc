#include "gate/wire/language.h"

#include <algorithm>

namespace beian::wire {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the text up to `separator` off the front of `rest` and returns it trimmed.
std::string_view take_until(char separator, std::string_view* rest) noexcept {
  const std::size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return trimmed(part);
}

// `0.85` in thousandths; -1 when it is not a weight.
int parse_weight(std::string_view text) noexcept {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return -1;
  int weight = (text[0] - '0') * 1000;
  if (text.size() == 1) return weight;
  if (text[1] != '.' || text.size() > 5) return -1;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return -1;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return weight <= 1000 ? weight : -1;
}

// True for the primary tag itself and its regions: `en`, `EN-us`.
bool is_language(std::string_view range, std::string_view primary) noexcept {
  if (range.size() < primary.size() || (range.size() > 2 && range[2] != '-')) return false;
  return (range[0] | 0x20) == primary[0] && (range[1] | 0x20) == primary[1];
}

}  // namespace

// RFC 9110 section 12.5.4. When weights are equal, the server chooses: zh-CN.
Language choose_language(std::string_view accept_language) noexcept {
  int zh = -1;
  int en = -1;
  int any = -1;
  while (!accept_language.empty()) {
    std::string_view item = take_until(',', &accept_language);
    const std::string_view range = take_until(';', &item);
    int weight = 1000;
    while (!item.empty()) {
      const std::string_view parameter = take_until(';', &item);
      if (parameter.size() >= 2 && (parameter[0] | 0x20) == 'q' && parameter[1] == '=')
        weight = parse_weight(parameter.substr(2));
    }
    if (is_language(range, "zh")) zh = std::max(zh, weight);
    if (is_language(range, "en")) en = std::max(en, weight);
    if (range == "*") any = std::max(any, weight);
  }
  const auto weight_of = [&](int own) { return own >= 0 ? own : std::max(any, 0); };
  return weight_of(en) > weight_of(zh) ? Language::kEn : Language::kZh;
}

std::optional<Language> parse_language(std::string_view tag) noexcept {
  if (is_language(tag, "zh")) return Language::kZh;
  if (is_language(tag, "en")) return Language::kEn;
  return std::nullopt;
}

}  // namespace beian::wire
