#include "tests/support/reference_duties.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "cache/base/calendar.h"
#include "cache/filing/parse.h"
#include "cache/filing/provinces.h"
#include "tests/support/reference_fold.h"

namespace beian::test {
namespace {

// Approvals, each with all its names.
const std::vector<std::set<std::string, std::less<>>> kApprovals = {
    {"news", "新闻", "新闻信息服务", "互联网新闻信息服务", "互联网新闻信息服务许可证"},
    {"publishing", "publication", "出版", "网络出版", "网络出版服务", "网络出版服务许可证"},
    {"education", "教育"},
    {"tutoring", "after_school_training", "校外培训"},
    {"health", "healthcare", "医疗保健", "医疗"},
    {"medical", "drugs", "medical_devices", "drugs_medical_devices", "药品和医疗器械", "药品",
     "医疗器械", "互联网药品信息服务", "互联网药品信息服务资格证书"},
    {"culture", "文化", "网络文化", "网络文化经营", "网络文化经营许可证"},
    {"audiovisual", "film_tv", "film", "radio_film_tv", "video", "影视", "广播电影电视",
     "广播电影电视节目", "广播影视", "视听", "网络视听", "信息网络传播视听节目",
     "信息网络传播视听节目许可证"},
    {"religion", "宗教", "互联网宗教信息服务", "互联网宗教信息服务许可证"},
    {"bbs", "bulletin_board", "电子公告", "电子公告服务"},
    {"ride_hailing", "网络预约车", "网约车", "网络预约出租汽车", "网络预约出租汽车经营许可证"},
    {"finance", "internet_finance", "互联网金融"}};

// Splits several words, whatever joins them.
std::vector<std::string> words_of(std::string text) {
  for (const std::string_view mark : {"、", "，", "；", ";"})
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark))
      text.replace(at, mark.size(), ",");
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ',')
      words.emplace_back();
    else
      words.back() += c;
  }
  return words;
}

bool is_among(std::string_view word, const std::set<std::string, std::less<>>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return names_equal(name, word); });
}

std::string province_of(const FilingNumber& number) {
  const auto index = number.parts().province;
  return index < kProvinces.size() ? std::string(kProvinces[index].zh) : "";
}

}  // namespace

bool is_blank(std::string_view text) {
  std::size_t fault = 0;
  const bool has_nothing = reference_fold(text, &fault).size() == 1;  // only the end mark
  return has_nothing && fault == text.size();
}

std::string item(const std::string& pointer, std::size_t index) {
  return index == 0 ? pointer : pointer + "[" + std::to_string(index) + "]";
}

// Due on the twentieth working day after submission.
std::string reference_pending(const ServiceRecord& filing, Day day) {
  std::string out(name_of(filing.status));
  if (!filing.submitted_on) return out;
  const Calendar& calendar = Calendar::built_in();
  Day due = *filing.submitted_on;
  bool is_known = true;
  for (int left = 20; left > 0;) {
    due += std::chrono::days{1};
    if (!calendar.is_known(due)) is_known = false;
    if (calendar.is_working_day(due)) --left;
  }
  return out + (day > due ? " overdue" : "") + (is_known ? "" : " by_weekends") + " " +
         format_day(due);
}

ReferenceFindings reference_approvals(const AppIdentity& app, const ServiceRecord& filing) {
  ReferenceFindings out;
  if (!filing.approvals) return out;
  for (std::size_t i = 0; i < app.categories.size(); ++i)
    for (const auto& names : kApprovals) {
      if (!is_among(app.categories[i], names)) continue;
      bool is_recorded = false;
      for (const std::string& approvals : *filing.approvals)
        for (const std::string& approval : words_of(approvals))
          is_recorded |= is_among(approval, names);
      if (!is_recorded) out.push_back({"APPROVAL_MISSING", item("/app/categories", i), ""});
    }
  return out;
}

ReferenceFindings reference_province(const ServiceRecord& filing, const SubjectRecord* subject) {
  std::string domicile = province_of(subject ? subject->number : filing.number);
  if (subject != nullptr && subject->province)
    for (const Province& province : kProvinces)
      if (!province.zh.empty() &&
          (*subject->province == province.character || *subject->province == province.zh))
        domicile = province.zh;
  const std::string filed_in = province_of(filing.number);
  if (domicile.empty() || filed_in.empty() || domicile == filed_in) return {};
  return {{"PROVINCE_MISMATCH", "/filing_number", ""}};
}

ReferenceFindings reference_display(const AppIdentity& app, const FilingNumber& number) {
  const std::string where = "/app/displayed_number";
  if (!app.displayed_number) return {};
  if (is_blank(*app.displayed_number)) return {{"DISPLAY_MISSING", where, ""}};
  const ParsedNumber shown = parse_number(*app.displayed_number);
  if (shown.is_number() && shown.number == number) return {};
  // It may be one of several: first split at commas and the like, then also at spaces.
  std::string line(*app.displayed_number);
  for (const std::vector<std::string>& marks :
       {std::vector<std::string>{"\r", "|", "丨", "｜", "/", "／", ",", "，", "、", ";", "；"},
        std::vector<std::string>{" ", "\t", "\u3000", "\u2003", "\u2002", "\u2009", "\u202f",
                                 "\u00a0", "·", "•"}}) {
    for (const std::string& mark : marks)
      for (std::size_t at = line.find(mark); at != std::string::npos; at = line.find(mark))
        line.replace(at, mark.size(), "\n");
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part);)
      if (const ParsedNumber one = parse_number(part); one.is_number() && one.number == number)
        return {};
  }
  const bool is_malformed = shown.reason != MalformedReason::kNone;
  return {{"DISPLAY_MISMATCH", where,
           is_malformed ? std::string(malformed_reason_name(shown.reason)) + "@0" : ""}};
}

}  // namespace beian::test
