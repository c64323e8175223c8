#include "engine/program.h"

#include <algorithm>

#include "jenkinsfile/libraries.h"
#include "jenkinsfile/step_catalog.h"
#include "jenkinsfile/transform.h"
#include "jenkinsfile/validate.h"
#include "vm/code.h"

namespace windlass::engine {

namespace {
constexpr std::string_view kShells[] = {"sh", "pwsh", "powershell"};

// Immutable constants, no state.
const catalog::Catalog& built_in_catalog() {
  static const catalog::Catalog kCatalog;
  return kCatalog;
}

const jenkinsfile::Catalog& known_steps() {
  static const auto kSteps = jenkinsfile::make_step_catalog(built_in_catalog());
  return *kSteps;
}
}  // namespace

Program build_program(const std::string& script_name, const std::string& text, PreludeRef prelude,
                      const FindLibraries& find_libraries) {
  Program program;
  program.catalog = &built_in_catalog();
  program.prelude = std::move(prelude);
  const std::string key = script_name + '\n' + text;
  if (auto known = program.prelude->find_script(key)) {
    // Implicit libraries are not in the text; what they are is this run's own matter.
    auto implicit = find_libraries({});
    if (!implicit) {
      program.library_error = std::move(implicit).error();
      return program;
    }
    if (implicit->empty()) {
      program.source = known->source;
      program.script = known->code;
      program.declarative = known->declarative;
      program.has_shells = known->has_shells;
      program.runtime = program.prelude->runtime();
      program.shared = std::move(known);
      return program;
    }
  }
  program.source = std::make_shared<const groovy::Source>(script_name, text);
  auto parsed = groovy::parse(program.source);
  program.errors = std::move(parsed.diagnostics);
  if (!program.errors.empty()) return program;
  for (const auto& request : jenkinsfile::collect_libraries(*parsed.tree)) {
    program.wanted_libraries.push_back(request.identifier);
  }
  auto libraries = find_libraries(program.wanted_libraries);
  if (!libraries) {
    program.library_error = std::move(libraries).error();
    return program;
  }
  program.libraries = std::move(*libraries);
  auto validation = jenkinsfile::validate(*parsed.tree, known_steps());
  program.errors = std::move(validation.errors);
  if (!program.errors.empty()) return program;
  if (!validation.models.empty()) {
    program.declarative = true;
    jenkinsfile::transform(*parsed.tree, validation.models);
  }
  auto code = vm::compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), script_name,
                          vm::ScriptKind::pipeline, [&program](std::string_view full_name) {
                            return std::ranges::any_of(program.libraries, [&](const LoadedLibrary& library) {
                              return find_class_source(library.files, full_name).has_value();
                            });
                          });
  if (!code) {
    program.errors = std::move(code).error().diagnostics;
    return program;
  }
  program.script = std::move(*code);
  program.has_shells =
      std::ranges::any_of(kShells, [&](std::string_view name) { return vm::mentions(*program.script, name); });
  program.runtime = program.prelude->runtime();
  if (program.libraries.empty()) {
    program.shared =
        std::make_shared<const CompiledScript>(program.source, program.script, program.declarative, program.has_shells);
    program.prelude->keep_script(key, program.shared);
  }
  return program;
}

vm::Compiled compile_script(std::string_view source_name, std::string_view text, std::string_view class_name,
                            vm::ScriptKind kind, const vm::ClassExists& class_exists) {
  auto source = std::make_shared<const groovy::Source>(std::string(source_name), std::string(text));
  auto parsed = groovy::parse(source);
  if (!parsed.diagnostics.empty()) return std::unexpected(vm::CompileFailure{std::move(parsed.diagnostics)});
  if (kind == vm::ScriptKind::vars || kind == vm::ScriptKind::pipeline) {
    auto validation = jenkinsfile::validate(*parsed.tree, known_steps(), {.role = jenkinsfile::FileRole::library});
    if (!validation.errors.empty()) return std::unexpected(vm::CompileFailure{std::move(validation.errors)});
    if (!validation.models.empty()) jenkinsfile::transform(*parsed.tree, validation.models);
  }
  return vm::compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), std::string(class_name), kind,
                     class_exists);
}

}  // namespace windlass::engine
