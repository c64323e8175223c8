// Our kinds in a cluster: installed where they are missing, brought up to date where they are ours. What somebody else
// installed under their names is used as it is.
#pragma once

#include <string>
#include <vector>

#include "kube/client.h"

namespace windlass::cluster {

struct Installation {
  std::vector<std::string> made, changed, foreign;  ///< names of definitions
  std::vector<std::string> problems;                ///< a sentence each; the rest works
};

/// Waits a little for what it made to be served. Never fails as a whole: what is missing is told again by whoever needs
/// it. `may_write` as of the store.
boost::asio::awaitable<Installation> install_definitions(kube::Client& client, std::function<bool()> may_write);

}  // namespace windlass::cluster
