#include "gate/package/distinguished_name.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include <string_view>

#include "cache/base/bytes.h"

namespace beian::package {
namespace {

struct Keyword {
  std::string_view oid;
  std::string_view word;
};

// The attribute types that Java knows; others are written as their OID.
constexpr Keyword kKeywords[] = {
    {"2.5.4.3", "CN"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"2.5.4.12", "T"},
    {"1.3.6.1.4.1.42.2.11.2.1", "IP"},
    {"2.5.4.9", "STREET"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {"2.5.4.46", "DNQ"},
    {"2.5.4.4", "SURNAME"},
    {"2.5.4.42", "GIVENNAME"},
    {"2.5.4.43", "INITIALS"},
    {"2.5.4.44", "GENERATION"},
    {"1.2.840.113549.1.9.1", "EMAILADDRESS"},
    {"0.9.2342.19200300.100.1.1", "UID"},
    {"2.5.4.5", "SERIALNUMBER"},
};

std::string keyword_of(const ASN1_OBJECT* type) {
  char buffer[128];
  const int size = OBJ_obj2txt(buffer, sizeof buffer, type, 1);
  const std::string_view oid(buffer, size > 0 && size < 128 ? static_cast<std::size_t>(size) : 0);
  for (const Keyword& keyword : kKeywords)
    if (keyword.oid == oid) return std::string(keyword.word);
  return "OID." + std::string(oid);
}

// Java does not decode the other string types.
bool is_text(int type) noexcept {
  return type == V_ASN1_UTF8STRING || type == V_ASN1_PRINTABLESTRING || type == V_ASN1_T61STRING ||
         type == V_ASN1_IA5STRING || type == V_ASN1_BMPSTRING || type == V_ASN1_GENERALSTRING;
}

std::string hex_of(const ASN1_STRING* value) {
  ASN1_TYPE any{};
  any.type = ASN1_STRING_type(value);
  any.value.asn1_string = const_cast<ASN1_STRING*>(value);
  unsigned char* der = nullptr;
  const int size = i2d_ASN1_TYPE(&any, &der);
  std::string out = "#";
  if (size > 0) out += to_hex({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return out;
}

// Quoted if part of the text could be taken for syntax, or if spaces would be lost.
std::string with_quotes(std::string_view text) {
  constexpr std::string_view kSyntax = ",+=\n<>#;\\\"";
  const bool has_quotes = text.size() > 1 && text.front() == '"' && text.back() == '"';
  if (has_quotes) text = text.substr(1, text.size() - 2);
  bool needs_quotes = false;
  std::string out;
  char previous = ' ';  // so that a leading space counts as a repeated one
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n';
    needs_quotes |= kSyntax.find(c) != std::string_view::npos;
    needs_quotes |= is_space && (previous == ' ' || previous == '\n');
    previous = c;
    if (c == '\0') {
      out += "\\00";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  if (!text.empty()) needs_quotes |= previous == ' ' || previous == '\n';
  return needs_quotes || has_quotes ? '"' + out + '"' : out;
}

std::string value_of(const ASN1_STRING* value) {
  if (!is_text(ASN1_STRING_type(value))) return hex_of(value);
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, value);
  if (size < 0) return hex_of(value);
  const std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return is_utf8(text) ? with_quotes(text) : hex_of(value);
}

std::string pair_of(const X509_NAME_ENTRY* entry) {
  return keyword_of(X509_NAME_ENTRY_get_object(entry)) + '=' +
         value_of(X509_NAME_ENTRY_get_data(entry));
}

}  // namespace

std::string distinguished_name(const X509_NAME* name) {
  std::string out;
  std::size_t rdn_begin = 0;
  const X509_NAME_ENTRY* before = nullptr;
  for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
    const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(name, i);
    const bool is_same_rdn =
        before != nullptr && X509_NAME_ENTRY_set(entry) == X509_NAME_ENTRY_set(before);
    std::string part = pair_of(entry);
    // Within one RDN the attributes keep their order, so each goes before those already written.
    if (is_same_rdn) {
      part += " + ";
      out.insert(rdn_begin, part);
    } else {
      if (before != nullptr) out += ", ";
      rdn_begin = out.size();
      out += part;
    }
    before = entry;
  }
  return out;
}

}  // namespace beian::package
