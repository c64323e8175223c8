// A run that is asked for under a key of the asker's own: however often it is asked for, it is made once.
#pragma once

#include <string>
#include <string_view>

#include "objects/object_store.h"

namespace windlass::controllers {

inline constexpr std::size_t kLongestRunKey = 255;

struct RunKey {
  std::string user;   ///< whose key: others may have the same
  std::string key;    ///< what the asker calls it
  std::string print;  ///< digest of all that is asked for
};
/// The object that this key made before, or `run` as a new one: its name follows from the key. 409 where the key was
/// used for another request, 400 for one that is too long. Whoever hears nothing may ask again.
objects::ApiTask<data::Value> create_run_once(objects::ObjectStore& store, const std::string& space,
                                              const std::string& pipeline, data::Value run, RunKey key);

}  // namespace windlass::controllers
