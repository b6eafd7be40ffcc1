#include "gate/decision/approvals.h"

#include <algorithm>
#include <array>
#include <string>

#include "cache/filing/identity.h"

namespace beian {
namespace {

// [MII-33 §11] [MIIT-2023-105 (三)], F-8. Each row lists the words for one approval: its content,
// and the document that grants it. The last four are not in the notice, but are separate categories
// for which platforms ask for an approval; bulletin boards are [SC-292 §9].
using Words = std::array<std::string_view, 13>;
constexpr std::array<Words, 12> kApprovals = {{
    {"news", "新闻", "新闻信息服务", "互联网新闻信息服务", "互联网新闻信息服务许可证"},
    {"publishing", "publication", "出版", "网络出版", "网络出版服务", "网络出版服务许可证"},
    {"education", "教育"},
    {"health", "healthcare", "医疗保健", "医疗"},
    {"medical", "drugs", "medical_devices", "drugs_medical_devices", "药品和医疗器械", "药品",
     "医疗器械", "互联网药品信息服务", "互联网药品信息服务资格证书"},
    {"culture", "文化", "网络文化", "网络文化经营", "网络文化经营许可证"},
    {"audiovisual", "film_tv", "film", "radio_film_tv", "video", "影视", "广播电影电视",
     "广播电影电视节目", "广播影视", "视听", "网络视听", "信息网络传播视听节目",
     "信息网络传播视听节目许可证"},
    {"religion", "宗教", "互联网宗教信息服务", "互联网宗教信息服务许可证"},
    {"tutoring", "after_school_training", "校外培训"},
    {"bbs", "bulletin_board", "电子公告", "电子公告服务"},
    {"ride_hailing", "网络预约车", "网约车", "网络预约出租汽车", "网络预约出租汽车经营许可证"},
    {"finance", "internet_finance", "互联网金融"},
}};

std::optional<ApprovalId> find(std::string_view word) noexcept {
  const auto is_word = [&](std::string_view known) {
    return !known.empty() && std::ranges::equal(known, word, [](char a, char b) {
      return a == (b >= 'A' && b <= 'Z' ? b + 32 : b);
    });
  };
  for (std::size_t row = 0; row < kApprovals.size(); ++row)
    if (std::ranges::any_of(kApprovals[row], is_word)) return static_cast<ApprovalId>(row);
  return std::nullopt;
}

bool is_plain(char c) noexcept {
  return c > ' ' && c < 0x7F;
}

}  // namespace

std::optional<ApprovalId> approval_of(std::string_view category) {
  const auto found = find(category);
  if (found || std::ranges::all_of(category, is_plain)) return found;
  return find(fold_name(category));
}

}  // namespace beian
