// The small vocabulary that random worlds and requests are made of. Tests only.
#pragma once

#include <string_view>

namespace beian::test::alphabet {

inline constexpr std::string_view kSubjects[] = {
    "京ICP备2023000001号", "京ICP备2023000010号", "沪ICP备2023000001号", "粤ICP备2024000005号",
    "京ICP备05000001号",   "蜀ICP备12004567号",   "粤B2-20090059",       "京ICP证030173号",
    "川B2-20100027",       "A2.B1.B2-20090001",   "合字B2-20230401"};
// Claimed but never filed.
inline constexpr std::string_view kStrangers[] = {"京ICP备2023999999号-1A", "京ICP备12345678号-1A",
                                                  "陇ICP备00000000号-2X", "粤B2-20090060-1A",
                                                  "湘ICP备2029000001号-1A"};
inline constexpr std::string_view kNoNumbers[] = {"京ICP备202300001号-1A",
                                                  "京ICP备2023000001号-0A",
                                                  "京公网安备11010502025545号",
                                                  "2021SR0654199",
                                                  "ICP备2023000001号-1A",
                                                  "萌ICP备2023000001号",
                                                  "x"};
inline constexpr std::string_view kNames[] = {"示例应用", "示例应用 Pro", "Example App", "别的应用",
                                              "工具"};
inline constexpr std::string_view kNameRenderings[] = {
    "示例 应用", "示例应用PRO", "ｅxample　ａｐｐ", "别的应用", "工具箱", " \u3000"};
inline constexpr std::string_view kSponsors[] = {"北京示例科技有限公司", "上海示例有限公司",
                                                 "Example (China) Ltd"};
inline constexpr std::string_view kSponsorRenderings[] = {
    "北京示例科技 有限公司", "上海示例有限公司", "EXAMPLE （CHINA） LTD", "别家", "\u3000"};
inline constexpr std::string_view kCertificateNumbers[] = {"91110000MA00000001",
                                                           "91310000ma0000000x"};
inline constexpr std::string_view kCertificateRenderings[] = {"91110000ma00000001",
                                                              "91310000MA0000000X", "1", "\u3000"};
inline constexpr std::string_view kProvinceWords[] = {"京", "北京", "浙", "广东", "火星", ""};
inline constexpr std::string_view kSystems[] = {"android", "ios", "harmonyos", "windows"};
inline constexpr std::string_view kHosts[] = {"wechat",   "Alipay",    "微信",
                                              "quickapp", "HarmonyOS", "host"};
inline constexpr std::string_view kHostRenderings[] = {"wechat",   "ＷeChat ",  "ALIPAY", "qq",
                                                       "QuickApp", "harmonyos", "other"};
inline constexpr std::string_view kPackages[] = {"cn.a", "cn.b", "cn.c", "CN.A", "cn.a.b",
                                                 "cn.d", "cn.e", "cn.f", "cn.g", "cn.h"};
inline constexpr std::string_view kDomains[] = {
    "example.cn",  "app.example.cn",     "example.com.cn",  "com.cn",         "cn",
    "example.net", "v1.example.net",     "shared.org",      "xn--fsqu00a.cn", "other.org",
    "sinaapp.com", "tenant.sinaapp.com", "amazonaws.com.cn"};
inline constexpr std::string_view kDomainRenderings[] = {"example.cn",
                                                         "v2.app.example.cn",
                                                         "App.Example.CN.",
                                                         "www.example.com.cn",
                                                         "nobody.com.cn",
                                                         "nobody.cn",
                                                         "notexample.cn",
                                                         "https://v1.example.net:443/path",
                                                         "a.v1.example.net",
                                                         "例子.cn",
                                                         "shared.org",
                                                         "other.org",
                                                         "sinaapp.com",
                                                         "x.tenant.sinaapp.com",
                                                         "no.sinaapp.com",
                                                         "console.amazonaws.com.cn",
                                                         "s3.cn-north-1.amazonaws.com.cn",
                                                         "x.s3.cn-north-1.amazonaws.com.cn"};
inline constexpr std::string_view kRanges[] = {
    "192.0.2.7",     "192.0.2.0-192.0.2.127", "192.0.2.0/24",        "198.51.100.0/25",
    "2001:db8::/64", "2001:db8::7",           "192.0.2.64-192.0.3.3"};
inline constexpr std::string_view kAddresses[] = {
    "192.0.2.7",    "192.0.2.127", "192.0.2.128",     "192.0.3.0",       "192.0.3.4",
    "198.51.100.1", "2001:db8::7", "2001:db8:0:1::1", "::ffff:192.0.2.7"};
inline constexpr std::string_view kProviders[] = {"aliyun", "tencent", "华为云"};
inline constexpr std::string_view kProviderRenderings[] = {"Aliyun", "tencent", "华为 云", "nobody",
                                                           " "};
inline constexpr std::string_view kApprovals[] = {
    "news", "新闻", "ＮＥＷＳ 、宗教", "出版", "drugs", "games", ""};
inline constexpr std::string_view kCategories[] = {
    "news",  "publishing",        "医疗保健",          "religion",
    "games", " 新闻、ＤＲＵＧＳ", "games, 宗 教 ，bbs"};
inline constexpr std::string_view kSubmittedOn[] = {"2023-09-28", "2025-01-20", "2025-12-01",
                                                    "2025-12-02", "2025-12-31", "2027-01-04"};
inline constexpr std::string_view kAsOf[] = {"2023-08-31", "2023-09-01", "2024-03-31",
                                             "2024-04-01", "2025-12-29", "2025-12-30",
                                             "2026-01-02", "2028-01-01"};
inline constexpr std::string_view kFirstPublished[] = {"2022-05-01", "2023-08-31", "2023-09-01"};

// Certificate fingerprints: MD5, SHA-1 and SHA-256, each in one rendering.
inline constexpr std::string_view kFingerprints[] = {
    "9f86d081884c7d659a2feaa0c55ad015",
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:01",
    "00000000000000000000000000000002",
    "9F86D081884C7D659A2FEAA0C55AD01500000001",
    "9f86d081 884c7d65 9a2feaa0 c55ad015 00000002",
    "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015",
    "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad016"};
inline constexpr std::string_view kKeys[] = {"00c0ffee01020304050607080910111213",
                                             "C0:FF:EE:02:02:03:04:05:06:07:08:09:10:11:12:13",
                                             "c0ffee03020304050607080910111213"};

}  // namespace beian::test::alphabet
