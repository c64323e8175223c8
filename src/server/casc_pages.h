// /configuration-as-code, as Jenkins' plugin serves it and KubeSphere's controller calls it: reload, replace,
// checkNewSource, check, export. Administrators only. Source: jenkins-rest 11.4; docs/compat/casc.md.
//
//   POST reload, replace   read again: 302; what is wrong is an error page with 200, as Jenkins has it
//   POST checkNewSource    `<div/>`, or what is wrong in a <div class=error>
//   POST check   (YAML)    [{line, message}]: 200 where nothing is wrong, else 400
//   POST export            what holds, without secrets
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"
#include "net/http.h"
#include "rights/rights.h"
#include "rt/task.h"
#include "server/casc_map.h"
#include "server/live_casc.h"

namespace windlass::server {

class CascPages {
 public:
  CascPages(LiveCasc& casc, CascMap& map) : casc_(casc), map_(map) {}
  static bool serves(std::string_view path);
  rt::Task<net::Response> handle(net::Request request, std::optional<rights::User> user);

 private:
  LiveCasc& casc_;
  CascMap& map_;
};

/// The answer of GET /kapis/windlass.io/v1/configuration.
data::Value casc_facts(const LiveCasc& casc);
/// Lines of /metrics.
std::string casc_metrics(const LiveCasc& casc);

}  // namespace windlass::server
