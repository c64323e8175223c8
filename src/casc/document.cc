#include "casc/document.h"

#include <algorithm>

#include "data/yaml.h"
#include "pods/field_reader.h"

namespace windlass::casc {
namespace {

using data::Value;

/// `over` wins: maps key by key, everything else whole. Depth is that of the documents, which the reader bounds.
/// What it replaced is added to `replaced`.
void merge(Value& base, Value over, const std::string& path, std::vector<std::string>& replaced) {
  if (!base.is_map() || !over.is_map()) {
    if (!base.is_null()) replaced.push_back(path);
    base = std::move(over);
    return;
  }
  for (auto& entry : over.mutable_members()) {
    merge(base.mutable_members()[entry.key], std::move(entry.value), pods::join_path(path, entry.key), replaced);
  }
}

struct Expanding {
  const Sources& sources;
  const Document& document;
  std::vector<Finding>& findings;
};

Result<void> expand_all(Value& value, const std::string& path, Expanding& context) {
  if (value.is_string()) {
    std::vector<std::string> unknown;
    auto text = expand(value.text(), context.sources, unknown);
    if (!text) return fail(text.error().kind, {"{}: {}", "{}：{}"}, {path, text.error()});
    value = std::move(*text);
    for (const auto& name : unknown) {
      const auto place = context.document.place(path);
      context.findings.push_back(
          {Finding::Kind::doubtful, place.file, place.line, path, "no variable " + name + " is given, so it is empty"});
    }
  } else if (value.has_members()) {
    for (auto& entry : value.mutable_members()) {
      WL_CHECK_OK(expand_all(entry.value, pods::join_path(path, entry.key), context));
    }
  } else if (value.is_list()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      WL_CHECK_OK(expand_all(value.mutable_items()[i], pods::item_path(path, i), context));
    }
  }
  return {};
}

data::YamlParseOptions limits() {
  data::YamlParseOptions out;
  out.max_bytes = 4 * 1024 * 1024;
  out.max_depth = 64;
  out.max_nodes = 200'000;
  out.max_copied_bytes = 4 * 1024 * 1024;
  // As Configuration as Code: what a word is, is for the field to say. 1.20 and yes may be texts.
  out.words_as_written = true;
  return out;
}

}  // namespace

std::vector<File> files_of(File file) {
  const auto parsed = data::parse_yaml(file.text, limits());
  std::vector<File> out;
  if (parsed && parsed->get_string("kind") == "ConfigMap") {
    const auto* map = parsed->find("data");
    for (const auto& [key, text] : map == nullptr ? data::Map{} : map->members()) {
      if (text.is_string() && (key.ends_with(".yaml") || key.ends_with(".yml"))) {
        out.push_back({file.name + "#" + key, text.text()});
      }
    }
    std::ranges::sort(out, {}, &File::name);
  }
  if (out.empty()) out.push_back(std::move(file));
  return out;
}

Result<Document> Document::read(const std::vector<File>& files, const Sources& sources,
                                std::vector<Finding>& findings) {
  Document out;
  out.root_ = Value::map();
  for (const auto& file : files) {
    std::vector<data::YamlPlace> places;
    auto options = limits();
    options.places = &places;
    auto parsed = data::parse_yaml(file.text, options);
    if (!parsed) return fail(parsed.error().kind, {"{}: {}", "{}：{}"}, {file.name, parsed.error()});
    if (parsed->is_null()) continue;
    if (!parsed->is_map())
      return fail(
          ErrorKind::invalid,
          {"{}: a configuration is a map: jenkins, unclassified …", "{}：配置应为映射：jenkins、unclassified …"},
          {file.name});
    std::vector<std::string> replaced;
    merge(out.root_, std::move(*parsed), {}, replaced);
    for (const auto& path : replaced) {
      std::erase_if(out.places_, [&path](const auto& one) {
        return one.first.starts_with(path + ".") || one.first.starts_with(path + "[");
      });
    }
    for (auto& one : places) out.places_.insert_or_assign(std::move(one.path), Place{file.name, one.line});
  }
  Expanding context{sources, out, findings};
  Value root = std::move(out.root_);
  if (auto done = expand_all(root, {}, context); !done) return fail(out.locate(std::move(done).error()));
  out.root_ = std::move(root);
  return out;
}

Place Document::place(std::string path) const {
  while (!path.empty()) {
    if (const auto found = places_.find(path); found != places_.end()) return found->second;
    const auto end = path.find_last_of(".[");
    path.resize(end == std::string::npos ? 0 : end);
  }
  return {};
}

Error Document::locate(Error error) const {
  const auto path = error.message.substr(0, error.message.find(": "));
  const auto where = place(path);
  if (!where.file.empty()) {
    error.message = where.file + ", line " + std::to_string(where.line) + ": " + error.message;
  }
  return error;
}

}  // namespace windlass::casc
