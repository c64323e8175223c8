// A look at the address that a pod was given for its server, from the server's own side: is there such a name, does
// anybody answer, and is it us? Told with an agent that does not connect.
//
// What comes of it is a code of pods/trouble_texts.h ("url-refused") with its evidence, so that it can be said in both
// languages. It sends nothing but two GETs without credentials, and only to an address that whoever set up the cloud
// has written: a pipeline's own address is compared, never called. Source: docs/formats/agent.md §6; for
// a wrong one, what Jenkins' own agents say of it: "…/tcpSlaveAgentListener/ is invalid: 404 Not Found".
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>

#include "data/value.h"
#include "net/connector.h"
#include "rt/timers.h"

namespace windlass::clouds {

/// What is wrong with an address by itself, seen from inside a pod; null: nothing.
data::Value address_problem(const std::string& url);

/// Answers within some seconds.
boost::asio::awaitable<data::Value> check_url(boost::asio::io_context& io, rt::Timers& timers,
                                              net::Connector& connector, std::string url);

}  // namespace windlass::clouds
