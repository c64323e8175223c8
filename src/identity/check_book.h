// Looking through identity.db for damage. Nothing is written.
#pragma once

#include <string>
#include <vector>

#include "store/database.h"

namespace windlass::identity {

/// A sentence for each thing that is wrong: pages, tables, rows that no write of ours makes. An older format is none.
std::vector<std::string> check_book(store::Database& database);

}  // namespace windlass::identity
