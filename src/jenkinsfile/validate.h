// The front door: is this file a Declarative pipeline, and what is wrong with it. All problems at once, with the
// messages, lines and columns that people know (pipeline-language 2.11). Pure: nothing is run, nothing outside is
// looked at.
//
// What this is not: Groovy's own syntax errors (groovy::parse) and anything that only the run can know.
#pragma once

#include <string>
#include <vector>

#include "groovy/ast.h"
#include "groovy/parser.h"
#include "jenkinsfile/catalog.h"
#include "jenkinsfile/findings.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// A library file (`vars/x.groovy`) may hold `pipeline` in the body of its methods; a Jenkinsfile at the top level
/// only.
enum class FileRole : std::uint8_t { jenkinsfile, library };

struct ValidateOptions {
  FileRole role = FileRole::jenkinsfile;
  std::vector<std::string> library_functions;  ///< of a shared library, for lint: they come before steps of their name
  bool lint = false;  ///< also look for what works and yet is not meant: secrets in command lines, unknown functions …
};

struct Validation {
  std::vector<Model> models;               ///< empty: a Scripted file. More than one only in a library
  std::vector<groovy::Diagnostic> errors;  ///< empty: the file is valid
  std::vector<Warning> warnings;           ///< never make a file invalid
};

/// The models point into the tree. Any thread; the catalog is only read.
Validation validate(const groovy::Tree& tree, const Catalog& catalog, const ValidateOptions& options = {});

}  // namespace windlass::jenkinsfile
