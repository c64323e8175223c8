#include "controllers/template_origin.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "controllers/names.h"
#include "controllers/template_match.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;

namespace {

constexpr std::size_t kMostTemplates = 200;  ///< of a project, and of all projects
constexpr std::size_t kMostLookedAt = 20'000, kMostListed = 64;
constexpr std::string_view kBlanks = " \t\r\n";

const objects::ResourceType& kind(std::string_view name) { return *objects::find_kind(names::kGroup, name); }

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const auto last = text.find_last_not_of(kBlanks);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::size_t digest_of(std::string_view text) { return std::hash<std::string_view>()(trimmed(text)); }

std::string script_of(const Value& pipeline) {
  const auto* spec = pipeline.find("spec");
  const auto* inner = spec == nullptr ? nullptr : spec->find("pipeline");
  return inner == nullptr ? std::string() : inner->get_string("jenkinsfile");
}

}  // namespace

void RenderedTemplates::note(const std::string& project, std::string origin, std::string_view text) {
  Entry entry{project, std::move(origin), digest_of(text)};
  if (trimmed(text).empty()) return;
  std::erase_if(entries_, [&](const Entry& one) {
    return one.digest == entry.digest && one.project == entry.project && one.origin == entry.origin;
  });
  entries_.push_front(std::move(entry));
  if (entries_.size() > kMost) entries_.pop_back();
}

std::string RenderedTemplates::find(const std::string& project, std::string_view script) const {
  if (entries_.empty()) return {};
  const auto digest = digest_of(script);
  std::string out;
  for (const auto& one : entries_) {
    if (one.digest != digest || (!one.project.empty() && one.project != project)) continue;
    if (!out.empty()) return {};
    out = one.origin;
  }
  return out;
}

bool TemplateOriginReconciler::is_new(const Value& pipeline) const {
  const auto script = script_of(pipeline);
  if (script.empty()) return false;
  const auto known = looked_at_.find(objects::meta_text(pipeline, "uid"));
  return known == looked_at_.end() || known->second != digest_of(script);
}

bool TemplateOriginReconciler::saw(const Value& pipeline) {
  if (!is_new(pipeline)) return false;
  told_ = std::chrono::steady_clock::now();
  return true;
}

/// A kind that the store does not have has none.
rt::Task<std::shared_ptr<const std::vector<TemplateOriginReconciler::Known>>> TemplateOriginReconciler::templates_of(
    std::string project) {
  const auto now = std::chrono::steady_clock::now();
  if (const auto found = listed_.find(project); found != listed_.end() && found->second.when > told_) {
    co_return found->second.known;
  }
  auto known = std::make_shared<std::vector<Known>>();
  for (const auto* name : {"Template", "ClusterTemplate"}) {
    objects::ListOptions options;
    if (std::string_view(name) == "Template") options.namespace_ = project;
    options.limit = kMostTemplates;
    auto list = co_await store_.list(kind(name), options);
    if (!list && list.error().code == 404) continue;
    if (!list) co_return fail(objects::to_error(list.error()));
    for (const auto& one : list->items) {
      const auto* spec = one.find("spec");
      if (spec == nullptr) continue;
      known->push_back({std::string(name) + "/" + objects::meta_text(one, "name"), spec->get_string("template")});
    }
  }
  if (listed_.size() >= kMostListed) listed_.clear();
  listed_[project] = {known, now};
  co_return std::shared_ptr<const std::vector<Known>>(std::move(known));
}

rt::Task<Requeue> TemplateOriginReconciler::reconcile(Key key) {
  auto found = co_await store_.look(kind("Pipeline"), key.namespace_, key.name);
  if (!found && found.error().code != 404) co_return fail(objects::to_error(found.error()));
  if (!found || !is_new(*found)) co_return Requeue{};
  const auto script = script_of(*found);
  const auto says = objects::annotation(*found, names::kFromTemplate);
  auto origin = rendered_.find(key.namespace_, script);
  if (origin.empty() && says.empty()) {
    const auto known = WL_CO_TRY(co_await templates_of(key.namespace_));
    const auto made_from = co_await worker_.run([known, script] {
      std::set<std::string> out;
      for (const auto& one : *known) {
        if (is_made_from(one.text, script)) out.insert(one.origin);
      }
      return out;
    });
    if (made_from.size() == 1) origin = *made_from.begin();  // of two that are alike nobody knows which it was
  }
  if (!origin.empty() && origin != says) {
    WL_CO_TRY(objects::to_result(co_await store_.modify(
        kind("Pipeline"), key.namespace_, key.name, [script, says, origin](Value one) -> objects::Outcome<Value> {
          const bool is_same = script_of(one) == script && objects::annotation(one, names::kFromTemplate) == says;
          if (is_same) objects::set_annotation(one, names::kFromTemplate, origin);
          return one;
        })));
  }
  if (looked_at_.size() >= kMostLookedAt) looked_at_.clear();
  looked_at_[objects::meta_text(*found, "uid")] = digest_of(script);
  co_return Requeue{};
}

}  // namespace windlass::controllers
