// stash and unstash: files of the workspace kept with the run until it ends. A stash is one archive of its own name in
// run_folder("stashes"), named by the effect that made it; the record "stash" NAME says which one counts. So a stash
// that was begun twice (crash, branches) is never a mixture of two.
//
// Texts and exceptions: pipeline-language 6.5. Repeating either gives the same.
#include "files/archive.h"
#include "steps/artifact_store.h"
#include "steps/families.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

/// Names become part of messages and pages; Jenkins refuses these characters.
std::optional<StepError> check_name(const std::string& name) {
  auto refuse = [](std::string message) { return StepError{.java_class = "hudson.model.Failure", .message = message}; };
  if (name.empty()) return refuse("No name is specified");
  if (name == "." || name == "..") return refuse("“" + name + "” is not an allowed name");
  if (name.size() > 1000) return refuse("the name of a stash is longer than 1000 bytes");
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return refuse("No control code is allowed: " + name);
    if (std::string_view("?*/\\%!@#$^&|<>[]:;").find(c) != std::string_view::npos) {
      return refuse("‘" + std::string(1, c) + "’ is an unsafe character");
    }
  }
  return std::nullopt;
}

/// The archive's name: the same for the same effect of the run, another for every other.
std::string archive_name(const EffectContext& context) {
  return files::hash_bytes(context.key, files::Hash::sha256).substr(0, 32) + ".tar.zst";
}

Outcome stash(EffectContext& context, const Value& arguments) {
  const auto name = text_of(arguments, "name");
  if (auto error = check_name(name)) return std::unexpected(std::move(*error));
  auto folder = context.run.run_folder("stashes");
  if (!folder) return io_error(folder.error());
  auto store = files::Root::confined(*folder);
  if (!store) return io_error(store.error());
  const auto before = context.run.records("stash", name);
  if (!before.empty()) log_line(context, "Warning: overwriting stash ‘" + name + "’");

  auto patterns = text::AntFileSet::compile(text_of(arguments, "includes", "**"), text_of(arguments, "excludes"),
                                            {.default_excludes = flag_of(arguments, "useDefaultExcludes", true)});
  if (!patterns) return abort_with(patterns.error().message);
  const auto file = archive_name(context);
  std::uint64_t count = 0;
  if (auto source = files::Root::confined(context.place.cwd)) {
    auto accept = filter_of(*patterns);
    bool stopped = false;
    auto unless_cancelled = [&](const std::string& path, bool is_folder) {
      stopped = stopped || context.run.cancelled();
      return !stopped && accept(path, is_folder);
    };
    auto totals = files::pack(*source, ".", unless_cancelled, *store, file, {.format = files::ArchiveFormat::tar_zst});
    if (!totals) return io_error(totals.error());
    if (stopped) return abort_with("the step was asked to stop");
    count = totals->files;
    const auto packed = store->stat(file);
    if (const auto room = room_for_files(context, {"stashes/" + file}); room && packed && packed->size > *room) {
      (void)store->remove(file);
      return abort_with(no_room_for_files(context));
    }
  } else if (source.error().kind != ErrorKind::not_found) {
    return io_error(source.error());
  }
  if (count == 0 && !flag_of(arguments, "allowEmpty")) {
    return abort_with("No files included in stash ‘" + name + "’");
  }
  if (count != 0) {
    if (auto kept = sync_file(context, *folder + "/" + file); !kept) return io_error(kept.error());
  }
  log_line(context, "Stashed " + std::to_string(count) + " file(s)");
  EffectResult result;
  auto payload = Value::map_of("file", count == 0 ? Value() : Value(file), "count", static_cast<std::int64_t>(count));
  if (!before.empty()) {
    // The one before the last is not named by any durable record any more; the last still is, until ours counts.
    const auto last = before.front().second.get_string("file");
    const auto older = before.front().second.get_string("before");
    if (!older.empty() && older != file && older != last) {
      if (auto gone = store->remove(older); !gone) return io_error(gone.error());
    }
    if (last != file) payload.set("before", last);
  }
  result.records.push_back({.kind = "stash", .key = name, .payload = std::move(payload)});
  return result;
}

Outcome unstash(EffectContext& context, const Value& arguments) {
  const auto name = text_of(arguments, "name");
  if (auto error = check_name(name)) return std::unexpected(std::move(*error));
  const auto found = context.run.records("stash", name);
  if (found.empty()) return abort_with("No such saved stash ‘" + name + "’");
  const auto file = found.front().second.get_string("file");
  auto root = machine_root();
  if (!root) return io_error(root.error());
  const auto& folder = context.place.cwd;
  if (auto made = root->make_folders(folder); !made) return file_error(made.error(), folder);
  if (file.empty()) return EffectResult();
  auto stashes = context.run.run_folder("stashes");
  if (!stashes) return io_error(stashes.error());
  auto store = files::Root::confined(*stashes);
  if (!store) return io_error(store.error());
  auto target = files::Root::confined(folder);
  if (!target) return io_error(target.error());
  files::UnpackOptions options;
  options.link_targets = files::LinkTargets::any;
  auto done = files::unpack(*store, file, *target, ".", options);
  if (!done) return io_error(done.error());
  return EffectResult();
}

constexpr EffectDescription kEffects[] = {
    {"stash", EffectKind::own, true, stash},
    {"unstash", EffectKind::read, true, unstash},
};

}  // namespace

std::span<const EffectDescription> stash_effects() { return kEffects; }

}  // namespace windlass::steps
