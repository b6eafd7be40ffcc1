#include <memory>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/verbs.h"
#include "gate/package/package_json.h"
#include "gate/package/read_package.h"

namespace beian::cli {
namespace {

struct InspectFlags {
  std::vector<std::string> files;
  package::ReadOptions read;
};

// Prints what one file says. An unreadable file is reported, and the others are still read.
int inspect(const std::string& path, const package::ReadOptions& options) {
  const auto file = MappedFile::open(path);
  if (!file) return fail(file.error());
  const auto read = package::read_package(file->bytes(), options);
  if (!read)
    return fail(make_error(read.error().kind, printable(path) + ": " + read.error().message));
  std::string line;
  append_package_json(*read, path, &line);
  print_out(line += '\n');
  return kAllAllowed;
}

int inspect_all(const InspectFlags& flags) {
  if (flags.files.empty())
    return fail(make_error(ErrorKind::kUsage,
                           "name the packages: files of APK, APKS, XAPK, APKM, HAP, "
                           "APP or IPA"));
  int code = kAllAllowed;
  for (const std::string& path : flags.files) {
    const int one = inspect(path, flags.read);
    if (code == kAllAllowed) code = one;
  }
  return code;
}

}  // namespace

void add_inspect(Verb program) {
  Verb verb = program.verb("inspect",
                           "Tell what packages (APK, APKS, XAPK, APKM, HAP, APP, IPA) say about "
                           "themselves: name, version, "
                           "permissions, signing certificates; one line of JSON each");
  auto flags = std::make_shared<InspectFlags>();
  verb.option("FILE", &flags->files, "package files");
  verb.flag("--verify", &flags->read.wants_digests,
            "compare all contents with the signed digests, which reads the whole file");
  verb.run([=] { return inspect_all(*flags); });
}

}  // namespace beian::cli
