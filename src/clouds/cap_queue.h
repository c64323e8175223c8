// Who may have a pod: the caps of clouds and templates, and the order of those who wait. Pure.
//
// First come, first served within a project; between projects the one with the fewest pods in that cloud is next. Who
// waits for a template's cap does not hold up those behind it that want another one.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::clouds {

/// What somebody wants, or a pod that is there.
struct PodClaim {
  std::string cloud, template_id, project;
  int cloud_cap = 0, instance_cap = 0;  ///< 0: none
};

class CapQueue {
 public:
  /// A pod that is there, whoever asked for it; the same key again changes nothing.
  void hold(const std::string& key, PodClaim claim);
  /// It is there no more, or waits no more.
  void drop(const std::string& key);
  void wait(const std::string& key, PodClaim claim);
  /// Those who wait and may go; they hold from now on.
  std::vector<std::string> admit();

  struct Full {
    bool cloud = false;  ///< the cloud's cap, else the template's
    std::string what;    ///< its name or id
    int cap = 0;
  };
  /// Why `claim` must wait; nothing: it need not.
  [[nodiscard]] std::optional<Full> full(const PodClaim& claim) const;
  [[nodiscard]] std::size_t held() const { return held_.size(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  using Counts = std::map<std::string, int, std::less<>>;
  void count(const PodClaim& claim, int by);

  std::map<std::string, PodClaim, std::less<>> held_;
  std::list<std::pair<std::string, PodClaim>> waiting_;
  Counts clouds_, templates_, projects_;  ///< projects: "cloud\nproject"
};

}  // namespace windlass::clouds
