// The tables of fields: every name is found, and nothing else is.
#include "gate/wire/fields.h"

#include <gtest/gtest.h>

namespace beian::wire {
namespace {

TEST(Fields, EachIsFoundByItsNameInItsTableOnly) {
  const FieldTable tables[] = {top_fields(), app_fields(), sponsor_fields()};
  for (const FieldTable& table : tables)
    for (const FieldSpec& field : table) {
      EXPECT_EQ(table.find(field.name), &field) << field.name;
      for (const FieldTable& other : tables) {
        const FieldSpec* const found = other.find(field.name);
        if (found == nullptr) continue;
        EXPECT_EQ(found->name, field.name);
        EXPECT_TRUE(found >= other.begin() && found < other.end()) << field.name;
      }
    }
}

TEST(Fields, ANameWithAnotherByteIsNone) {
  for (const FieldTable& table : {top_fields(), app_fields(), sponsor_fields()}) {
    EXPECT_EQ(table.find(""), nullptr);
    for (const FieldSpec& field : table)
      for (std::size_t i = 0; i < field.name.size(); ++i) {
        std::string name(field.name);
        name[i] = '~';
        EXPECT_EQ(table.find(name), nullptr) << name;
        EXPECT_EQ(table.find(name.substr(0, i)), nullptr) << name.substr(0, i);
      }
  }
}

}  // namespace
}  // namespace beian::wire
