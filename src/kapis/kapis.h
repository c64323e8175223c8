// KubeSphere's own API: /kapis/devops.kubesphere.io/v1alpha2|3, its group-less twins /v1alpha2|3, both path families.
//
// It translates and decides nothing: who calls is known, rights/ decides by the row of the route, the store keeps its
// promises. Shapes and codes are the original's; its holes are not: every token was verified, nobody is anonymous,
// nothing is proxied anywhere. Source: kubesphere API; docs/compat/kubesphere.md lists each route with its test.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kapis/route.h"
#include "kapis/services.h"
#include "net/http.h"
#include "rights/rights.h"
#include "rt/task.h"

namespace windlass::kapis {

/// Every route, in the order of the page. Further families are added to the list in kapis.cc.
std::vector<Route> all_routes();

/// A path behind its version, as a route has it: "/kapis/clusters/c/devops.kubesphere.io/v1alpha3/x" is {"v1alpha3",
/// {"x"}}. nullopt: not of this API.
struct ApiPath {
  std::string version;
  std::vector<std::string> segments;
};
std::optional<ApiPath> parse_api_path(const net::Request& request);

class Kapis {
 public:
  explicit Kapis(Services services);
  static bool serves(const net::Request& request) {
    return request.path == "/apidocs.json" || parse_api_path(request).has_value();
  }
  /// The answer to a GET that was given before to a user with these rights, if nothing about it has changed: at once,
  /// on the reactor.
  std::optional<net::Response> at_once(const net::Request& request, const rights::User& user);
  /// Lets go of what is kept only because it may be asked for again.
  void release_memory();
  /// `user` may be nobody: that is 401.
  rt::Task<net::Response> handle(net::Request request, rights::User user);

 private:
  struct Pattern {
    Route route;
    std::vector<std::string> words;  ///< DP and WS written out
  };
  [[nodiscard]] const Pattern* find(const std::string& method, const ApiPath& path,
                                    std::map<std::string, std::string, std::less<>>& parameters, bool& known) const;

  Services services_;
  std::vector<Pattern> patterns_;
};

}  // namespace windlass::kapis
