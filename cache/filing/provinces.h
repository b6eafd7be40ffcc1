// The characters that begin a filing number. Do not reorder: indexes are part of the packed key.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace beian {

struct Province {
  std::string_view character;  // three bytes of UTF-8
  std::string_view zh;
  std::string_view en;
  bool is_on_filings;  // false: printed on licences only
};

inline constexpr std::uint8_t kNoProvince = 0;      // A2.B1.B2-20090001: issued by the ministry
inline constexpr std::uint8_t kCrossProvince = 63;  // 合字…: issued by the ministry

// Index 1..31: the provincial communications administrations as filings print them; from 32 on,
// other characters that licences print for four of them (Sichuan files as 蜀 and licenses as 川).
// clang-format off
inline constexpr std::array<Province, 36> kProvinces = {{
    {"", "", "", false},
    {"京", "北京", "Beijing", true},      {"津", "天津", "Tianjin", true},
    {"冀", "河北", "Hebei", true},        {"晋", "山西", "Shanxi", true},
    {"蒙", "内蒙古", "Inner Mongolia", true}, {"辽", "辽宁", "Liaoning", true},
    {"吉", "吉林", "Jilin", true},        {"黑", "黑龙江", "Heilongjiang", true},
    {"沪", "上海", "Shanghai", true},     {"苏", "江苏", "Jiangsu", true},
    {"浙", "浙江", "Zhejiang", true},     {"皖", "安徽", "Anhui", true},
    {"闽", "福建", "Fujian", true},       {"赣", "江西", "Jiangxi", true},
    {"鲁", "山东", "Shandong", true},     {"豫", "河南", "Henan", true},
    {"鄂", "湖北", "Hubei", true},        {"湘", "湖南", "Hunan", true},
    {"粤", "广东", "Guangdong", true},    {"桂", "广西", "Guangxi", true},
    {"琼", "海南", "Hainan", true},       {"渝", "重庆", "Chongqing", true},
    {"蜀", "四川", "Sichuan", true},      {"黔", "贵州", "Guizhou", true},
    {"滇", "云南", "Yunnan", true},       {"藏", "西藏", "Tibet", true},
    {"陕", "陕西", "Shaanxi", true},      {"陇", "甘肃", "Gansu", true},
    {"青", "青海", "Qinghai", true},      {"宁", "宁夏", "Ningxia", true},
    {"新", "新疆", "Xinjiang", true},
    {"川", "四川", "Sichuan", false},     {"甘", "甘肃", "Gansu", false},
    {"贵", "贵州", "Guizhou", false},     {"云", "云南", "Yunnan", false},
}};
// clang-format on

// In the type that stores province indexes.
inline constexpr std::uint8_t kProvinceCount = kProvinces.size();

// The other character of the same province: 川 for 蜀 and 蜀 for 川; itself when there is none.
constexpr std::uint8_t namesake_of(std::uint8_t province) noexcept {
  constexpr std::array<std::uint8_t, kProvinceCount> kNamesakes = [] {
    std::array<std::uint8_t, kProvinceCount> others{};
    for (std::uint8_t i = 0; i < kProvinceCount; ++i) {
      others[i] = i;
      for (std::uint8_t other = 0; other < kProvinceCount; ++other)
        if (other != i && kProvinces[other].zh == kProvinces[i].zh) others[i] = other;
    }
    return others;
  }();
  return province < kProvinceCount ? kNamesakes[province] : province;
}

}  // namespace beian
