// zip, unzip, tar, untar. Archives are strangers' data: files/archive.h bounds and confines them (T12). The lines in
// the log and the exceptions are those of Jenkins' utility steps.
#include <filesystem>

#include "files/archive.h"
#include "steps/artifact_store.h"
#include "steps/charset.h"
#include "steps/effect_note.h"
#include "steps/families.h"
#include "steps/place_files.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

/// What `archive: true` of zip and tar adds.
void archive_too(EffectContext& context, const std::string& path, EffectResult& result,
                 std::optional<StepError>& error) {
  log_line(context, "Archiving " + path);
  const auto& cwd = context.place.cwd;
  if (!path.starts_with(cwd + "/")) {
    error = StepError{.message = path + " is outside of the current directory and cannot be archived"};
    return;
  }
  const auto name = path.substr(cwd.size() + 1);
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  if (const auto room = room_for_files(context, {"artifacts/" + name}); room && !unknown && size > *room) {
    error = StepError{.message = no_room_for_files(context)};
    return;
  }
  auto record = store_artifact(context, path, name);
  if (!record) {
    error = StepError{.message = record.error().message};
    return;
  }
  result.records.push_back(std::move(*record));
}

Outcome pack(EffectContext& context, const Value& arguments, const char* what, const std::string& name,
             files::ArchiveFormat format) {
  if (name.empty()) return throw_with("java.lang.IllegalArgumentException", "Can not be empty");
  const auto folder = folder_of(context.place, text_of(arguments, "dir"));
  const auto target = absolute_path(context.place, name);
  const auto glob = text_of(arguments, "glob");
  auto root = machine_root();
  if (!root) return io_error(root.error());
  auto source = root->stat(folder);
  if (!source) return throw_with("java.io.IOException", folder + " does not exist.");
  if (source->kind != files::EntryKind::folder)
    return throw_with("java.io.IOException", folder + " is not a directory.");
  const bool is_own = read_note(context) == target;
  if (root->exists(target) && !flag_of(arguments, "overwrite") && !is_own)
    return throw_with("java.io.IOException", target + " exists.");
  auto line = "Writing " + std::string(what) + " file of " + folder;
  if (!glob.empty()) line += " filtered by [" + glob + "]";
  log_line(context, line + " to " + target);
  auto patterns = text::AntFileSet::compile(glob, text_of(arguments, "exclude"),
                                            {.default_excludes = flag_of(arguments, "defaultExcludes", true)});
  if (!patterns) return abort_with(patterns.error().message);
  auto inside = files::Root::confined(folder);
  if (!inside) return io_error(inside.error());
  if (const auto slash = target.rfind('/'); slash != 0) {
    if (auto made = root->make_folders(target.substr(0, slash)); !made) return file_error(made.error(), target);
  }
  if (auto noted = write_note(context, target); !noted) return io_error(noted.error());
  files::PackOptions options;
  options.format = format;
  options.follow_links = format == files::ArchiveFormat::zip;
  auto totals = files::pack(*inside, ".", filter_of(*patterns), *root, target, options);
  if (!totals) return io_error(totals.error());
  log_line(context,
           (format == files::ArchiveFormat::zip ? "Zipped " : "Tarred ") + std::to_string(totals->files) + " entries.");
  EffectResult result;
  if (flag_of(arguments, "archive")) {
    std::optional<StepError> error;
    archive_too(context, target, result, error);
    if (error) return std::unexpected(std::move(*error));
  }
  return result;
}

Outcome zip(EffectContext& context, const Value& arguments) {
  return pack(context, arguments, "zip", text_of(arguments, "zipFile"), files::ArchiveFormat::zip);
}
Outcome tar(EffectContext& context, const Value& arguments) {
  const bool compress = flag_of(arguments, "compress", true);
  return pack(context, arguments, "tar", text_of(arguments, "file"),
              compress ? files::ArchiveFormat::tar_gz : files::ArchiveFormat::tar);
}

// A pattern of entries; folders are always entered.
files::PathFilter entry_filter(const text::AntFileSet& patterns) {
  return [patterns](const std::string& path, bool is_folder) { return is_folder || patterns.matches(path); };
}

Outcome test_archive(EffectContext& context, const files::Root& root, const std::string& path) {
  log_line(context, "Checking " + path);
  auto entries = files::list_archive(root, path);
  if (entries) return Value(true);
  if (entries.error().kind != ErrorKind::corrupt && entries.error().kind != ErrorKind::exhausted)
    return file_error(entries.error(), path);
  log_line(context, entries.error().message);
  return Value(false);
}

Outcome read_texts(EffectContext& context, const Value& arguments, const files::Root& root, const std::string& path,
                   const text::AntFileSet& patterns) {
  const auto charset = text_of(arguments, "charset");
  files::ArchiveLimits limits;
  limits.max_bytes = 256U << 20U;
  auto found = files::read_archive(root, path, entry_filter(patterns), limits);
  if (!found) return file_error(found.error(), path);
  auto out = Value::map();
  for (auto& [name, bytes] : *found) {
    if (!flag_of(arguments, "quiet")) log_line(context, "Reading: " + name);
    // Undecoded, for who knows more encodings than this program does (remote_request.h).
    auto text = charset == "Base64" ? text::encode_base64(bytes) : decode_charset(bytes, charset);
    if (!text) return throw_with("java.nio.charset.UnsupportedCharsetException", charset);
    out.set(name, std::move(*text));
  }
  if (!flag_of(arguments, "quiet")) log_line(context, "Read: " + std::to_string(found->size()) + " files");
  return out;
}

Outcome unpack(EffectContext& context, const Value& arguments, const std::string& name) {
  if (name.empty()) return throw_with("java.lang.IllegalArgumentException", "Can not be empty");
  const auto path = absolute_path(context.place, name);
  auto root = machine_root();
  if (!root) return io_error(root.error());
  auto source = root->stat(path);
  if (!source) return throw_with("java.io.IOException", path + " does not exist.");
  if (source->kind == files::EntryKind::folder) return throw_with("java.io.IOException", path + " is a directory.");
  if (flag_of(arguments, "test")) return test_archive(context, *root, path);
  auto patterns = text::AntFileSet::compile(text_of(arguments, "glob"), {}, {.default_excludes = false});
  if (!patterns) return abort_with(patterns.error().message);
  if (flag_of(arguments, "read")) return read_texts(context, arguments, *root, path, *patterns);
  const auto folder = folder_of(context.place, text_of(arguments, "dir"));
  if (auto made = root->make_folders(folder); !made) return file_error(made.error(), folder);
  auto target = files::Root::confined(folder);
  if (!target) return io_error(target.error());
  const bool quiet = flag_of(arguments, "quiet");
  log_line(context, "Extracting from " + path);
  files::UnpackOptions options;
  options.quiet_modes = !flag_of(arguments, "keepPermissions", true);
  options.accept = [&context, &folder, quiet, patterns = *patterns](const std::string& entry, bool is_folder) {
    if (is_folder) return true;
    if (!patterns.matches(entry)) return false;
    if (!quiet) log_line(context, "Extracting: " + entry + " -> " + folder + "/" + entry);
    return true;
  };
  auto totals = files::unpack(*root, path, *target, ".", options);
  if (!totals) return io_error(totals.error());
  log_line(context, "Extracted: " + std::to_string(totals->files) + " files");
  return EffectResult();
}

Outcome unzip(EffectContext& context, const Value& arguments) {
  return unpack(context, arguments, text_of(arguments, "zipFile"));
}
Outcome untar(EffectContext& context, const Value& arguments) {
  return unpack(context, arguments, text_of(arguments, "file"));
}

constexpr EffectDescription kEffects[] = {
    {"zip", EffectKind::read, true, zip},
    {"unzip", EffectKind::read, true, unzip},
    {"tar", EffectKind::read, true, tar},
    {"untar", EffectKind::read, true, untar},
};

}  // namespace

std::span<const EffectDescription> packing_effects() { return kEffects; }

}  // namespace windlass::steps
