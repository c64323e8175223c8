// Jenkins' Configuration as Code, read: files to one typed configuration, and a list of everything in them that does
// nothing here. Pure. Source: docs/compat/casc.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "casc/configuration.h"
#include "casc/variables.h"
#include "pods/field_reader.h"

namespace windlass::casc {

struct File {
  std::string name;  ///< as messages show it
  std::string text;
};

/// The configurations in a file: itself, or the *.yaml of a ConfigMap such as jenkins-casc-config, by name. What cannot
/// be read is given as it is: read() says why.
std::vector<File> files_of(File file);

/// A key that does not do what it says.
struct Finding {
  using Kind = pods::Note::Kind;
  Kind kind = Kind::unused;
  std::string file;
  std::uint32_t line = 0;  ///< 0: not known
  std::string path, sentence;
  friend bool operator==(const Finding&, const Finding&) = default;
};
std::string_view to_string(Finding::Kind kind);

struct Outcome {
  Configuration configuration;
  std::vector<Finding> findings;   ///< by file and line
  std::vector<std::string> taken;  ///< paths of sections that mean something here: "jenkins.clouds"
};

/// Files are merged as CASC_MERGE_STRATEGY=override does: key by key, lists of a later file instead of an earlier
/// one's. Errors: invalid, exhausted; one sentence that begins with file, line and key.
Result<Outcome> read(const std::vector<File>& files, const Sources& sources);

/// What would be different: a path and both values as text, secrets only as "changed".
struct Change {
  std::string path, before, after;  ///< empty: it was not there, it is not there any more
};
std::vector<Change> compare(const Configuration& before, const Configuration& after);

}  // namespace windlass::casc
