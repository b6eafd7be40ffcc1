// Builds binary XML byte by byte, as a manifest in which every field can lie, for tests of its
// readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/package/zip_builder.h"

namespace beian::test {

// A chunk: its type, the header fields after the sizes, its body.
inline std::string chunk(std::uint16_t type, std::string_view header, std::string_view body) {
  std::string out;
  put16(type, &out);
  put16(8 + header.size(), &out);
  put32(8 + header.size() + body.size(), &out);
  return out.append(header).append(body);
}

struct Pool {
  std::vector<std::string> texts;  // ASCII
  bool is_wide = true;
  std::uint32_t more_count = 0;  // counted but not present
  bool has_last_zero = true;
  std::uint32_t begin_shift = 0;
  std::size_t unterminated = SIZE_MAX;  // index of a text that lacks its zero

  std::string bytes() const {
    std::string offsets;
    std::string data;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      put32(data.size(), &offsets);
      const std::string& text = texts[i];
      if (is_wide) {
        put16(text.size(), &data);
        for (const char c : text) put16(static_cast<std::uint8_t>(c), &data);
        put16(i == unterminated ? 'x' : 0, &data);
      } else {
        data += static_cast<char>(text.size());
        data += static_cast<char>(text.size());
        data += text;
        data += i == unterminated ? 'x' : '\0';
      }
    }
    while (data.size() % 4 != 0) data += '\0';
    if (!has_last_zero) data.back() = data[data.size() - 2] = 'x';
    std::string header;
    put32(texts.size() + more_count, &header);
    put32(0, &header);
    put32(is_wide ? 0 : 0x100, &header);
    put32(28 + offsets.size() + begin_shift, &header);
    put32(0, &header);
    return chunk(0x0001, header, offsets + data);
  }
};

struct Attribute {
  std::uint32_t name;
  std::uint32_t raw;
  std::uint8_t type;
  std::uint32_t data;
  std::uint32_t space = 0xFFFFFFFF;
};

inline std::string node_header() {
  std::string out;
  put32(1, &out);
  put32(0xFFFFFFFF, &out);
  return out;
}

inline std::string start_element(std::uint32_t name, const std::vector<Attribute>& attributes,
                                 std::uint16_t size = 20, std::uint16_t start = 20,
                                 std::uint16_t more_count = 0) {
  std::string body;
  put32(0xFFFFFFFF, &body);
  put32(name, &body);
  put16(start, &body);
  put16(size, &body);
  put16(attributes.size() + more_count, &body);
  for (int i = 0; i < 3; ++i) put16(0, &body);
  body.append(start > 20 ? start - 20 : 0, '\0');
  for (const Attribute& attribute : attributes) {
    put32(attribute.space, &body);
    put32(attribute.name, &body);
    put32(attribute.raw, &body);
    put16(8, &body);
    body += '\0';
    body += static_cast<char>(attribute.type);
    put32(attribute.data, &body);
    body.append(size > 20 ? size - 20 : 0, '\0');
  }
  return chunk(0x0102, node_header(), body);
}

inline std::string end_element(std::uint32_t name) {
  std::string body;
  put32(0xFFFFFFFF, &body);
  put32(name, &body);
  return chunk(0x0103, node_header(), body);
}

// A complete manifest; each test changes one thing about it.
struct ManifestParts {
  enum Text : std::uint32_t {
    kLabel,
    kName,
    kDebuggable,
    kVersionCode,  // with resource identifiers
    kPackage,
    kManifest,
    kApplication,
    kUsesPermission,
    kPackageName,
    kExample,
    kInternet,
    kOther,
  };
  Pool pool{{"label", "name", "debuggable", "versionCode", "package", "manifest", "application",
             "uses-permission", "cn.example.app", "Example", "android.permission.INTERNET",
             "Other"}};
  std::uint16_t type = 3;
  std::string more_header{};
  std::string before_pool{};
  std::string after_pool{};
  std::vector<std::uint32_t> identifiers{0x01010001, 0x01010003, 0x0101000f, 0x0101021b};
  std::string manifest = start_element(
      kManifest, {{kVersionCode, 0xFFFFFFFF, 0x10, 7}, {kPackage, kPackageName, 3, kPackageName}});
  std::string permission = start_element(kUsesPermission, {{kName, kInternet, 3, kInternet}}) +
                           end_element(kUsesPermission);
  std::string application = start_element(kApplication, {{kLabel, kExample, 3, kExample},
                                                         {kDebuggable, 0xFFFFFFFF, 0x12, 1}}) +
                            end_element(kApplication);
  std::string end = end_element(kManifest);
  std::string behind{};

  std::string bytes() const {
    std::string map;
    for (const std::uint32_t identifier : identifiers) put32(identifier, &map);
    const std::string body = before_pool + pool.bytes() + after_pool + chunk(0x0180, "", map) +
                             manifest + permission + application + end;
    return chunk(type, more_header, body) + behind;
  }
};

}  // namespace beian::test
