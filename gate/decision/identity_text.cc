#include "gate/decision/identity_text.h"

#include <algorithm>
#include <array>

#include "cache/filing/identity.h"

namespace beian {
namespace {

constexpr std::array<std::string_view, 3> kUsualPlatforms = {"android", "ios", "harmonyos"};

// The words for each host platform: all of conf/guidance.toml, by id and names, and more.
constexpr std::array<std::array<std::string_view, 5>, 15> kHostPlatforms = {{
    {"wechat", "微信", "weixin"},
    {"alipay", "支付宝"},
    {"douyin", "抖音"},
    {"toutiao", "今日头条", "头条"},
    {"baidu", "百度"},
    {"qq"},
    {"kuaishou", "快手"},
    {"taobao", "淘宝"},
    {"jd", "京东"},
    {"meituan", "美团"},
    {"xiaohongshu", "小红书"},
    {"dingtalk", "钉钉"},
    {"feishu", "飞书", "lark"},
    {"quickapp", "快应用", "quick apps"},
    {"harmonyos", "鸿蒙元服务", "元服务", "鸿蒙", "HarmonyOS atomic services"},
}};
constexpr std::size_t kQuickAppHosts = 13;  // the hosts of quick apps begin here
static_assert(kHostPlatforms[kQuickAppHosts][0] == "quickapp");

bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

std::string_view without_margins(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool folds_to_nothing(std::string_view name) {
  return fold_name(name).empty();
}

std::optional<std::string_view> platform_word(std::string_view text) noexcept {
  for (const std::string_view known : kUsualPlatforms)
    if (text == known) return text;
  if (std::ranges::none_of(text, is_upper)) return text;
  for (const std::string_view known : kUsualPlatforms) {
    const auto equal = [](char a, char b) { return a == (is_upper(b) ? b + 32 : b); };
    if (std::ranges::equal(known, text, equal)) return known;
  }
  return std::nullopt;
}

std::optional<std::size_t> host_platform_index(std::string_view text) noexcept {
  for (std::size_t i = 0; i < kHostPlatforms.size(); ++i)
    for (const std::string_view word : kHostPlatforms[i])
      if (!word.empty() && names_equal(text, word)) return i;
  return std::nullopt;
}

std::optional<bool> is_same_host(std::string_view a, std::string_view b) noexcept {
  if (names_equal(a, b)) return true;
  const auto index_a = host_platform_index(a);
  const auto index_b = host_platform_index(b);
  if (!index_a || !index_b) return std::nullopt;
  if (*index_a == *index_b) return true;
  if (std::min(*index_a, *index_b) >= kQuickAppHosts) return std::nullopt;
  return false;
}

}  // namespace beian
