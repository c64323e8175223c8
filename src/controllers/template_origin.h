// Which template a pipeline was made from, written on it while that can be told: its script is what a template is
// filled in to, or what somebody was given lately as a template filled in. Whatever is edited afterwards, it stays
// known.
//
// What somebody has written there themselves stays, unless the script is now what another template was filled in to.
// KubeSphere keeps no such thing: its console asks for the text and saves it. One thread (the reactor's).
#pragma once

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/controller.h"
#include "rt/worker.h"

namespace windlass::controllers {

/// Texts that templates were filled in to for somebody, the last ones of them.
class RenderedTemplates {
 public:
  /// `project`: of a Template; empty: of a ClusterTemplate. `origin`: "Template/NAME", "ClusterTemplate/NAME".
  void note(const std::string& project, std::string origin, std::string_view text);
  /// Empty: none was filled in to that, or more than one.
  [[nodiscard]] std::string find(const std::string& project, std::string_view script) const;

 private:
  static constexpr std::size_t kMost = 512;
  struct Entry {
    std::string project, origin;
    std::size_t digest = 0;
  };
  std::list<Entry> entries_;  ///< newest first
};

class TemplateOriginReconciler final : public Reconciler {
 public:
  TemplateOriginReconciler(objects::ObjectStore& store, const RenderedTemplates& rendered, rt::Worker& worker)
      : store_(store), rendered_(rendered), worker_(worker) {}
  /// For Controller's `wanted`: a script that was not looked at yet.
  bool saw(const data::Value& pipeline);
  rt::Task<Requeue> reconcile(Key key) override;

 private:
  struct Known {
    std::string origin, text;
  };
  struct Listed {
    std::shared_ptr<const std::vector<Known>> known;
    std::chrono::steady_clock::time_point when;
  };
  [[nodiscard]] bool is_new(const data::Value& pipeline) const;
  rt::Task<std::shared_ptr<const std::vector<Known>>> templates_of(std::string project);

  objects::ObjectStore& store_;
  const RenderedTemplates& rendered_;
  rt::Worker& worker_;
  std::map<std::string, std::size_t> looked_at_;  ///< digests of scripts, by uid
  /// By project: good for the pipelines that were told of before.
  std::map<std::string, Listed> listed_;
  std::chrono::steady_clock::time_point told_;  ///< of a new script, the last time
};

}  // namespace windlass::controllers
