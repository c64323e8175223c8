#include "engine/scope.h"

#include <algorithm>

namespace windlass::engine {
namespace {

bool is_name_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::string expand(std::string_view text, const Environment& known) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$') {
      out += text[i++];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '$') {
      out += '$';
      i += 2;
      continue;
    }
    std::size_t begin = i + 1;
    std::size_t end = begin;
    std::size_t next = begin;
    if (begin < text.size() && text[begin] == '{') {
      end = text.find('}', ++begin);
      if (end == std::string_view::npos) end = begin = i;  // no closing brace: the dollar stands for itself
      next = end + 1;
    } else {
      while (end < text.size() && is_name_char(text[end])) ++end;
      next = end;
    }
    auto found = end > begin ? known.find(std::string(text.substr(begin, end - begin))) : known.end();
    if (found == known.end()) {
      out += text[i++];  // unknown names stay as written, as Jenkins leaves them
    } else {
      out += found->second;
      i = next;
    }
  }
  return out;
}

}  // namespace

void apply_overrides(Environment& base, const std::vector<std::string>& overrides) {
  for (const auto& entry : overrides) {
    auto equals = entry.find('=');
    if (equals == std::string::npos) continue;
    std::string name = entry.substr(0, equals);
    std::string value = expand(std::string_view(entry).substr(equals + 1), base);
    if (auto plus = name.find('+'); plus != std::string::npos && plus > 0) {
      name.resize(plus);
      auto& current = base[name];
      current = current.empty() ? value : value + ":" + current;
    } else {
      base[name] = value;
    }
  }
}

std::vector<std::string> throttle_of(const Scope* scope) {
  std::vector<std::string> out;
  for (; scope != nullptr && scope->node_lease == 0; scope = scope->outer.get()) {
    for (const auto& category : scope->throttle) {
      if (std::ranges::find(out, category) == out.end()) out.push_back(category);
    }
  }
  // In one order everywhere, so that nobody waits for whoever waits for him.
  std::ranges::sort(out);
  return out;
}

const Scope* node_scope(const Scope* scope) {
  while (scope != nullptr && scope->workspace.empty()) scope = scope->outer.get();
  return scope;
}

Environment environment_of(const Scope* scope, const Environment& controller, const Environment& run,
                           const Environment& assigned) {
  std::vector<const Scope*> chain;
  for (const auto* s = scope; s != nullptr; s = s->outer.get()) chain.push_back(s);
  // A node within a node has its own surroundings only; a pod nothing of the machine that the run is on.
  const auto node = std::ranges::find_if(chain, [](const Scope* s) { return s->node_environment.has_value(); });
  Environment out = node != chain.end() && (*node)->is_remote ? Environment() : controller;
  if (node != chain.end()) {
    for (const auto& [k, v] : *(*node)->node_environment) out[k] = v;
  }
  for (const auto& [k, v] : run) out[k] = v;
  for (const auto& [k, v] : assigned) out[k] = v;
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) apply_overrides(out, (*it)->overrides);
  return out;
}

std::string pod_container(const Scope* scope) {
  for (; scope != nullptr && !scope->node_environment; scope = scope->outer.get()) {
    if (scope->launcher_type == "pod") return scope->launcher_container;
  }
  return {};
}

std::string working_folder(const Scope* scope) {
  std::string tail;
  for (const auto* s = scope; s != nullptr; s = s->outer.get()) {
    if (s->cwd) {
      tail = tail.empty() ? *s->cwd : *s->cwd + "/" + tail;
      if (s->cwd->starts_with('/')) return tail;
    }
    if (!s->workspace.empty()) return tail.empty() ? s->workspace : s->workspace + "/" + tail;
  }
  return {};
}

}  // namespace windlass::engine
