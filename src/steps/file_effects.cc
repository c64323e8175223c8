// Steps that read and write single files of the node, list them, and empty folders. Texts and exceptions:
// docs/steps.md, pipeline-language 6.2 and 6.5. All of them give the same when repeated, hence kind read (see README).
#include <algorithm>
#include <sstream>

#include "files/archive.h"
#include "proc/run_capture.h"
#include "steps/charset.h"
#include "steps/families.h"
#include "steps/place_files.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

std::unexpected<StepError> unknown_charset(const std::string& name) {
  return throw_with("java.nio.charset.UnsupportedCharsetException", name);
}

bool is_base64(std::string_view encoding) { return encoding == "Base64"; }

Outcome read_file(EffectContext& context, const Value& arguments) {
  const auto path = absolute_path(context.place, text_of(arguments, "file"));
  const auto encoding = text_of(arguments, "encoding");
  auto root = machine_root();
  if (!root) return io_error(root.error());
  auto bytes = root->read(path);
  if (!bytes) return file_error(bytes.error(), path);
  if (is_base64(encoding)) return Value(text::encode_base64(*bytes));
  auto decoded = decode_charset(*bytes, encoding);
  if (!decoded) return unknown_charset(encoding);
  return Value(std::move(*decoded));
}

Outcome write_file(EffectContext& context, const Value& arguments) {
  const auto path = absolute_path(context.place, text_of(arguments, "file"));
  const auto encoding = text_of(arguments, "encoding");
  const auto content = text_of(arguments, "text");
  std::string bytes;
  if (is_base64(encoding)) {
    bytes = text::decode_base64_lenient(content);
  } else {
    auto encoded = encode_charset(content, encoding);
    if (!encoded) return unknown_charset(encoding);
    bytes = std::move(*encoded);
  }
  auto root = machine_root();
  if (!root) return io_error(root.error());
  auto done = root->write(path, bytes);
  if (!done) return file_error(done.error(), path);
  return EffectResult();
}

Outcome file_exists(EffectContext& context, const Value& arguments) {
  auto root = machine_root();
  if (!root) return io_error(root.error());
  return Value(root->exists(absolute_path(context.place, text_of(arguments, "file"))));
}

Value describe(std::string_view name, std::string_view path, bool folder, std::uint64_t length, std::int64_t modified) {
  return Value::map_of("name", name, "path", path, "directory", folder, "length", static_cast<std::int64_t>(length),
                       "lastModified", modified);
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Outcome find(EffectContext& context, const Value& arguments) {
  const auto& folder = context.place.cwd;
  auto out = Value::list();
  const auto glob = text_of(arguments, "glob");
  const auto excludes = text_of(arguments, "excludes");
  if (glob.empty() && excludes.empty()) {
    auto root = machine_root();
    if (!root) return io_error(root.error());
    auto entries = root->list(folder);
    if (!entries) {
      if (entries.error().kind == ErrorKind::not_found) return out;
      return file_error(entries.error(), folder);
    }
    for (const auto& entry : *entries) {
      auto target = root->stat(folder + "/" + entry.path);
      const auto& facts = target ? *target : entry;
      out.push(describe(entry.name(), entry.path, facts.kind == files::EntryKind::folder, facts.size, facts.modified));
    }
    return out;
  }
  auto patterns = text::AntFileSet::compile(glob, excludes);
  if (!patterns) return abort_with(patterns.error().message);
  auto found = find_files(context, folder, *patterns);
  if (!found) return io_error(found.error());
  for (const auto& file : *found) out.push(describe(last_name(file.path), file.path, false, file.size, file.modified));
  return out;
}

Outcome digest(EffectContext& context, const Value& arguments) {
  const auto path = absolute_path(context.place, text_of(arguments, "file"));
  const auto algorithm = text_of(arguments, "algorithm", "SHA-1");
  const auto known = files::find_hash(algorithm);
  if (!known) {
    return throw_with("java.security.NoSuchAlgorithmException", algorithm + " MessageDigest not available");
  }
  auto root = machine_root();
  if (!root) return io_error(root.error());
  auto hex = root->hash(path, *known);
  if (!hex && hex.error().kind == ErrorKind::not_found) return throw_with("java.io.FileNotFoundException", path);
  if (!hex) return file_error(hex.error(), path);
  return Value(std::move(*hex));
}

Outcome touch(EffectContext& context, const Value& arguments) {
  const auto named = text_of(arguments, "file");
  const auto path = absolute_path(context.place, named);
  std::optional<std::int64_t> when;
  if (const auto* given = arguments.find("timestamp"); given != nullptr && given->is_int()) when = given->as_int();
  auto root = machine_root();
  if (!root) return io_error(root.error());
  auto slash = path.rfind('/');
  if (slash != 0) {
    if (auto made = root->make_folders(path.substr(0, slash)); !made) return file_error(made.error(), path);
  }
  auto done = root->touch(path, when);
  if (!done) return file_error(done.error(), path);
  auto entry = root->stat(path);
  if (!entry) return file_error(entry.error(), path);
  const auto& cwd = context.place.cwd;
  const auto shown = path.starts_with(cwd + "/") ? path.substr(cwd.size() + 1) : path;
  return describe(last_name(path), shown, entry->kind == files::EntryKind::folder, entry->size, entry->modified);
}

Outcome manifest(EffectContext& context, const Value& arguments) {
  const auto path = absolute_path(context.place, text_of(arguments, "file"));
  auto root = machine_root();
  if (!root) return io_error(root.error());
  const auto entry = root->stat(path);
  if (!entry && entry.error().kind == ErrorKind::not_found) {
    return throw_with("java.io.FileNotFoundException", path + " does not exist.");
  }
  const bool archive =
      path.ends_with(".jar") || path.ends_with(".war") || path.ends_with(".ear") || path.ends_with(".hpi");
  if (!archive) {
    auto content = root->read(path);
    if (!content) return file_error(content.error(), path);
    return Value(*decode_charset(*content, ""));
  }
  files::ArchiveLimits limits;
  limits.max_bytes = 16U << 20U;
  auto only = [](const std::string& name, bool is_folder) { return is_folder || name == "META-INF/MANIFEST.MF"; };
  auto found = files::read_archive(*root, path, only, limits);
  if (!found) return file_error(found.error(), path);
  if (found->empty())
    return throw_with("java.io.FileNotFoundException", path + " does not contain META-INF/MANIFEST.MF.");
  return Value(*decode_charset(found->front().second, ""));
}

// ---- deleting
// --------------------------------------------------------------------------------------------------------

Outcome delete_dir(EffectContext& context, const Value&) {
  auto root = machine_root();
  if (!root) return io_error(root.error());
  auto done = root->remove(context.place.cwd);
  if (!done) return file_error(done.error(), context.place.cwd);
  return EffectResult();
}

bool wanted_for_result(const Value& arguments, const std::string& result) {
  if (result == "UNSTABLE") return flag_of(arguments, "cleanWhenUnstable", true);
  if (result == "FAILURE") return flag_of(arguments, "cleanWhenFailure", true) && !flag_of(arguments, "skipWhenFailed");
  if (result == "NOT_BUILT") return flag_of(arguments, "cleanWhenNotBuilt", true);
  if (result == "ABORTED") return flag_of(arguments, "cleanWhenAborted", true);
  return flag_of(arguments, "cleanWhenSuccess", true);
}

struct CleanPatterns {
  std::string includes, excludes;
};

CleanPatterns clean_patterns(const Value& arguments) {
  CleanPatterns out;
  const auto* list = arguments.find("patterns");
  if (list == nullptr) return out;
  for (const auto& one : list->items()) {
    auto& side = text_of(one, "type", "INCLUDE") == "EXCLUDE" ? out.excludes : out.includes;
    if (!side.empty()) side += ',';
    side += text_of(one, "pattern");
  }
  return out;
}

// The command of `externalDelete`: words, `%s` stands for the path.
Result<void> delete_by_command(EffectContext& context, const std::string& command, const std::string& path) {
  proc::CaptureOptions options;
  std::istringstream words(command);
  bool named = false;
  for (std::string word; words >> word;) {
    if (const auto at = word.find("%s"); at != std::string::npos) {
      word.replace(at, 2, path);
      named = true;
    }
    options.argv.push_back(word);
  }
  if (!named) options.argv.push_back(path);
  for (const auto& [name, value] : context.place.environment) options.env.push_back(name + "=" + value);
  options.cwd = "/";
  auto ended = WL_TRY(proc::run_capture(options));
  if (ended.status.code != 0) {
    return fail(ErrorKind::unavailable,
                options.argv.front() + " ended with exit code " + std::to_string(ended.status.code));
  }
  return {};
}

Result<void> clean(EffectContext& context, const Value& arguments) {
  const auto& folder = context.place.cwd;
  const auto external = text_of(arguments, "externalDelete");
  const auto machine = WL_TRY(machine_root());
  auto remove = [&](const std::string& path) -> Result<void> {
    if (!external.empty()) return delete_by_command(context, external, path);
    auto gone = machine.remove(path);
    if (!gone) return fail(gone.error());
    return {};
  };
  const auto patterns = clean_patterns(arguments);
  if (patterns.includes.empty() && patterns.excludes.empty()) return remove(folder);
  const auto set = WL_TRY(text::AntFileSet::compile(patterns.includes.empty() ? "**/*" : patterns.includes,
                                                    patterns.excludes, {.default_excludes = false}));
  auto root = files::Root::confined(folder);
  if (!root) {
    if (root.error().kind == ErrorKind::not_found) return {};
    return fail(root.error());
  }
  const bool folders = flag_of(arguments, "deleteDirs");
  // Collected first: a walk does not like its folders to vanish.
  std::vector<std::string> chosen;
  auto accept = [&set, folders](const std::string& path, bool is_folder) {
    return is_folder ? set.may_match_below(path) || (folders && set.matches(path)) : set.matches(path);
  };
  auto visit = [&](const files::Entry& entry) -> Result<void> {
    if (context.run.cancelled()) return fail(ErrorKind::cancelled, "the step was asked to stop");
    if (!chosen.empty() && entry.path.starts_with(chosen.back() + "/")) return {};
    if (entry.kind != files::EntryKind::folder || (folders && set.matches(entry.path))) chosen.push_back(entry.path);
    return {};
  };
  WL_CHECK_OK(root->walk(".", accept, visit, {.folders = folders}));
  for (const auto& path : chosen) {
    if (!external.empty()) {
      WL_CHECK_OK(remove(folder + "/" + path));
    } else if (auto gone = root->remove(path); !gone) {
      return fail(gone.error());
    }
  }
  return {};
}

Outcome clean_workspace(EffectContext& context, const Value& arguments) {
  if (!wanted_for_result(arguments, context.run.fact("result"))) return EffectResult();
  log_line(context, "[WS-CLEANUP] Deleting project workspace...");
  if (auto done = clean(context, arguments); !done) {
    if (!flag_of(arguments, "notFailBuild"))
      return throw_with("hudson.AbortException", "Cannot delete workspace: " + done.error().message);
    log_line(context, "[WS-CLEANUP] Cannot delete workspace: " + done.error().message);
    log_line(context, "[WS-CLEANUP] Option not to fail the build is turned on, so let's continue");
    return EffectResult();
  }
  log_line(context, "[WS-CLEANUP] done");
  return EffectResult();
}

constexpr EffectDescription kEffects[] = {
    {"readFile", EffectKind::read, true, read_file},      {"writeFile", EffectKind::read, true, write_file},
    {"fileExists", EffectKind::read, true, file_exists},  {"file.find", EffectKind::read, true, find},
    {"file.digest", EffectKind::read, true, digest},      {"file.touch", EffectKind::read, true, touch},
    {"file.manifest", EffectKind::read, true, manifest},  {"deleteDir", EffectKind::read, true, delete_dir},
    {"cleanWs", EffectKind::read, true, clean_workspace},
};

}  // namespace

std::span<const EffectDescription> file_effects() { return kEffects; }

}  // namespace windlass::steps
