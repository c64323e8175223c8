#include "steps/git_changes.h"

#include <charconv>

namespace windlass::steps {

namespace {

using data::Value;

constexpr std::size_t kMaxFiles = 10'000;  ///< of one commit; a vendored tree is no change log

std::string_view take(std::string_view& text) {
  const auto end = text.find('\0');
  const auto field = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return field;
}

const char* edit_type(char status) {
  switch (status) {
    case 'A':
    case 'C':
      return "add";
    case 'D':
      return "delete";
    default:
      return "edit";
  }
}

void add_file(Value& files, Value& paths, std::string_view path, const char* type) {
  if (files.size() >= kMaxFiles) return;
  files.push(Value::map_of("path", path, "editType", Value::map_of("name", type)));
  paths.push(path);
}

Value parse_commit(std::string_view& text) {
  const auto id = take(text);
  const auto name = take(text);
  const auto email = take(text);
  std::int64_t seconds = 0;
  const auto time = take(text);
  std::from_chars(time.data(), time.data() + time.size(), seconds);
  auto comment = std::string(take(text));
  auto subject = comment.substr(0, comment.find('\n'));
  auto files = Value::list();
  auto paths = Value::list();
  // STATUS NUL PATH NUL …; a rename or copy has two paths. A line break stands before the first status.
  while (!text.empty() && text.front() != '\1') {
    while (text.starts_with('\n') || text.starts_with('\0')) text.remove_prefix(1);
    if (text.empty() || text.front() == '\1') break;
    const auto status = take(text);
    const char kind = status.empty() ? ' ' : status.front();
    const auto path = take(text);
    if (kind == 'R' || kind == 'C') {
      if (kind == 'R') add_file(files, paths, path, "delete");
      add_file(files, paths, take(text), "add");
    } else {
      add_file(files, paths, path, edit_type(kind));
    }
  }
  return Value::map_of("commitId", id, "msg", std::move(subject), "comment", std::move(comment), "author",
                       Value::map_of("fullName", name, "displayName", name, "id",
                                     email.empty() ? name : email.substr(0, email.find('@')), "email", email),
                       "timestamp", seconds * 1000, "affectedFiles", std::move(files), "paths", std::move(paths));
}

}  // namespace

Value parse_git_changes(std::string_view text) {
  auto out = Value::list();
  while (true) {
    const auto begin = text.find('\1');
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin + 1);
    out.push(parse_commit(text));
  }
}

Result<Value> read_git_changes(const GitClient& git, const std::string& from, const std::string& to) {
  const auto text =
      WL_TRY(git.read({"log", "--max-count=1024", "--no-merges", "-M", "-z", "--name-status", "--no-color",
                       "--format=" + std::string(kGitChangesFormat), from + ".." + to, "--"},
                      {.quiet = true}));
  return parse_git_changes(text);
}

}  // namespace windlass::steps
