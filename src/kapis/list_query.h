// The conventions of KubeSphere's lists: page, limit, start, sortBy, ascending, filters;
// `{"items":[…],"totalItems":N}`. Pure. Source: kubesphere API 3.2.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/value.h"
#include "net/http.h"
#include "objects/api_status.h"
#include "objects/selector.h"

namespace windlass::kapis {

struct ListQuery {
  std::size_t offset = 0;
  std::size_t limit = 10;
  bool by_name = false;  ///< else by creation
  bool ascending = false;
  objects::LabelSelector labels;
  std::vector<std::pair<std::string, std::string>> filters;  ///< name, names, uid …; unknown ones are ignored

  /// 400 for a label selector that is none.
  static objects::Outcome<ListQuery> parse(const net::Request& request);
};

/// Whether an object passes the filters and the selector.
bool passes(const data::Value& object, const ListQuery& query);
/// Filters, sorts, cuts: the body of a list. `keep` may drop more; empty: nothing.
data::Value list_body(std::vector<data::Value> objects, const ListQuery& query,
                      const std::function<bool(const data::Value&)>& keep = {});

}  // namespace windlass::kapis
