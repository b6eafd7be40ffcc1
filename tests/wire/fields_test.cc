// The tables of fields: each name is found, and nothing else is.
#include "gate/wire/fields.h"

#include <gtest/gtest.h>

namespace beian::wire {
namespace {

TEST(Fields, EachIsFoundByItsNameInItsTableOnly) {
  const std::span<const FieldSpec> tables[] = {top_fields(), app_fields(), sponsor_fields()};
  for (const auto& table : tables)
    for (const FieldSpec& field : table) {
      EXPECT_EQ(find_field(table, field.name), &field) << field.name;
      for (const auto& other : tables) {
        const FieldSpec* const found = find_field(other, field.name);
        EXPECT_TRUE(found == nullptr || found->name == field.name) << field.name;
        if (found != nullptr)
          EXPECT_EQ(&other[static_cast<std::size_t>(found - other.data())], found);
      }
    }
}

TEST(Fields, ANameWithAnotherByteIsNone) {
  for (const auto& table : {top_fields(), app_fields(), sponsor_fields()}) {
    EXPECT_EQ(find_field(table, ""), nullptr);
    for (const FieldSpec& field : table)
      for (std::size_t i = 0; i < field.name.size(); ++i) {
        std::string name(field.name);
        name[i] = '~';
        EXPECT_EQ(find_field(table, name), nullptr) << name;
        EXPECT_EQ(find_field(table, name.substr(0, i)), nullptr) << name.substr(0, i);
      }
  }
}

}  // namespace
}  // namespace beian::wire
