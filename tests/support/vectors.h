// Reads fixtures/filing_numbers.tsv, whose header explains the columns. Tests only.
#pragma once

#include <utf8proc.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/paths.h"

namespace beian::test {

struct Vector {
  std::size_t line = 0;
  std::string escaped;   // as it stands in the file
  std::string text;      // unescaped, as it is parsed
  std::string expected;  // JSON object
  std::string note;
};

inline std::string unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text[0] != '\\') {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    const char kind = text.at(1);
    if (kind == 'x') {
      out += static_cast<char>(std::stoi(std::string(text.substr(2, 2)), nullptr, 16));
      text.remove_prefix(4);
    } else if (kind == 'u') {
      const std::size_t close = text.find('}');
      utf8proc_uint8_t bytes[4];
      const auto size = utf8proc_encode_char(
          std::stoi(std::string(text.substr(3, close - 3)), nullptr, 16), bytes);
      out.append(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
      text.remove_prefix(close + 1);
    } else {
      out += kind == 't' ? '\t' : kind == 'n' ? '\n' : kind;
      text.remove_prefix(2);
    }
  }
  return out;
}

inline std::vector<Vector> read_vectors() {
  std::ifstream file(beian::test::source_path("fixtures/filing_numbers.tsv"));
  std::vector<Vector> rows;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.starts_with('#')) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      throw std::runtime_error("fewer than three columns in line " + std::to_string(number));
    Vector row{number,
               line.substr(0, first),
               {},
               line.substr(first + 1, second - first - 1),
               line.substr(second + 1)};
    row.text = unescape(row.escaped);
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw std::runtime_error("no vectors found");
  return rows;
}

}  // namespace beian::test
