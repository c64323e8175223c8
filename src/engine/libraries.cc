#include "engine/libraries.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "data/binary.h"
#include "engine/library_repository.h"

namespace windlass::engine {

namespace fs = std::filesystem;

namespace {
constexpr std::uintmax_t kMostBytes = 64u << 20;

/// Whether a source says `class NAME`, `interface NAME` or `enum NAME` anywhere: enough to tell a class from a
/// constant.
bool declares(std::string_view text, std::string_view name) {
  for (const std::string_view keyword : {"class ", "interface ", "enum ", "trait "}) {
    for (auto at = text.find(keyword); at != std::string_view::npos; at = text.find(keyword, at + 1)) {
      auto rest = text.substr(at + keyword.size());
      if (!rest.starts_with(name)) continue;
      char next = rest.size() > name.size() ? rest[name.size()] : ' ';
      if (next == ' ' || next == '{' || next == '<' || next == '\n' || next == '\r' || next == '\t') return true;
    }
  }
  return false;
}
}  // namespace

std::pair<std::string, std::string> split_library(std::string_view identifier) {
  auto at = identifier.find('@');
  if (at == std::string_view::npos) return {std::string(identifier), ""};
  return {std::string(identifier.substr(0, at)), std::string(identifier.substr(at + 1))};
}

std::string library_role(std::string_view name) { return "library:" + std::string(name); }

Result<data::Value> read_library(const LibraryInput& library) {
  std::error_code error;
  if (!fs::is_directory(library.folder + "/vars", error) && !fs::is_directory(library.folder + "/src", error)) {
    return fail(ErrorKind::invalid,
                "Library " + library.name + " expected to contain at least one of src or vars directories");
  }
  std::vector<std::string> paths;
  for (const auto* part : {"vars", "src", "resources"}) {
    auto root = library.folder + "/" + part;
    if (!fs::is_directory(root, error)) continue;
    for (fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, error), end;
         it != end; it.increment(error)) {
      if (!error && it->is_regular_file(error) && !it->is_symlink(error))
        paths.push_back(fs::relative(it->path(), library.folder, error).string());
    }
  }
  std::sort(paths.begin(), paths.end());
  data::Value files = data::Value::map();
  std::uintmax_t total = 0;
  for (const auto& path : paths) {
    std::ifstream file(library.folder + "/" + path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    total += text.size();
    if (total > kMostBytes)
      return fail(ErrorKind::exhausted, {"library {} is larger than 64 MiB", "库 {} 大于 64 MiB"}, {library.name});
    files.set(path, data::Value::bytes(std::move(text)));
  }
  return files;
}

Result<> check_library_version(const LibraryInput& library, const std::string& version) {
  if (!library.configured) return {};
  if (version.empty()) return fail(ErrorKind::invalid, "No version specified for library " + library.name);
  if (!library.allow_override && !library.default_version.empty() && version != library.default_version) {
    return fail(ErrorKind::invalid, "Version override not permitted for library " + library.name);
  }
  return {};
}

std::vector<LoadedLibrary> name_libraries(const std::vector<LibraryInput>& known,
                                          const std::vector<std::string>& identifiers) {
  std::vector<LoadedLibrary> out;
  for (const auto& library : known) {
    if (library.implicit) out.push_back({library.name, "", {}});
  }
  for (const auto& identifier : identifiers) {
    auto [name, version] = split_library(identifier);
    auto before = std::ranges::find(out, name, &LoadedLibrary::name);
    if (before == out.end()) {
      out.push_back({name, version, {}});
    } else if (!version.empty()) {
      before->version = version;  // @Library may say which version of an implicit library
    }
  }
  for (auto& library : out) {
    const auto found = std::ranges::find(known, library.name, &LibraryInput::name);
    if (library.version.empty() && found != known.end()) library.version = found->default_version;
  }
  return out;
}

Result<std::vector<LoadedLibrary>> find_libraries(const RunInputs& inputs,
                                                  const std::vector<std::string>& identifiers) {
  const auto& known = inputs.libraries;
  auto out = name_libraries(known, identifiers);
  for (auto& library : out) {
    auto found = std::ranges::find(known, library.name, &LibraryInput::name);
    if (found == known.end()) return fail(ErrorKind::not_found, "No library named " + library.name + " found");
    if (!found->problem.empty()) return fail(ErrorKind::unavailable, found->problem);
    WL_CHECK_OK(check_library_version(*found, library.version));
    if (found->repository.empty() || !found->folder.empty()) {
      library.files = WL_TRY(read_library(*found));
      continue;
    }
    auto tree = WL_TRY(RepositoryTree::fetch(*found, library.version, inputs));
    library.files = WL_TRY(read_library({.name = library.name, .folder = tree.folder()}));
  }
  return out;
}

std::string library_advice(std::string_view name) {
  const std::string n(name);
  return "the library " + n + " is not known here: give its folder with --library " + n +
         "=FOLDER, or its git repository with --library " + n + "=URL or " + n + "=URL@VERSION";
}

Result<> keep_library(journal::RunJournal& journal, const LibraryInput& library) {
  auto files = WL_TRY(read_library(library));
  auto bytes = WL_TRY(data::encode_binary(files));
  auto added = journal.add_program(library_role(library.name), bytes);
  // A second load in the same run, or after a restart, sees what the first one kept.
  if (!added && added.error().kind != ErrorKind::conflict) return fail(std::move(added).error());
  return {};
}

std::optional<std::string> library_source(const data::Value& files, std::string_view path) {
  if (const auto* text = files.find(path)) return text->text();
  return std::nullopt;
}

std::optional<std::pair<std::string, std::string>> find_class_source(const data::Value& files,
                                                                     std::string_view full_name) {
  std::string path(full_name.substr(0, full_name.find('$')));
  std::replace(path.begin(), path.end(), '.', '/');
  auto file = "src/" + path + ".groovy";
  auto text = library_source(files, file);
  if (!text) return std::nullopt;
  if (auto inner = full_name.rfind('$');
      inner != std::string_view::npos && !declares(*text, full_name.substr(inner + 1)))
    return std::nullopt;
  return std::pair{std::move(file), std::move(*text)};
}

}  // namespace windlass::engine
