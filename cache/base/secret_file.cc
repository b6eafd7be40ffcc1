#include "cache/base/secret_file.h"

#include "cache/base/file.h"

namespace beian {

Result<std::string> read_secret(const std::string& path, std::size_t bytes_max,
                                const std::string& name) {
  const auto text = read_file(path, bytes_max);
  if (!text) return text.error();
  std::string secret = text->substr(0, text->find('\n'));
  if (secret.ends_with('\r')) secret.pop_back();
  if (secret.empty())
    return make_error(ErrorKind::kBadInput, path + ": its first line, the " + name + ", is empty");
  return secret;
}

}  // namespace beian
