// The first administrator's password from two files: a mounted Secret, as KubeSphere's chart makes it (`devops-jenkins`
// with the keys jenkins-admin-user and jenkins-admin-password). It opens the door once: as soon as an administrator has
// a password the files are not looked at any more, so that whoever changes it is not overruled at the next start.
#pragma once

#include <string>

#include "identity/identity.h"

namespace windlass::server {

inline constexpr char kFirstUserFile[] = "jenkins-admin-user", kFirstPasswordFile[] = "jenkins-admin-password";

/// Whether an administrator can log in with a password.
bool has_administrator(const identity::Identity& book);

/// The administrator that has its password from the files now; empty: there is one with a password already, or there
/// are no files. Takes 0.1 s where it sets one. Errors: invalid (the name, a password that is too short), unavailable.
Result<std::string> take_first_password(identity::Identity& book, const std::string& folder);

}  // namespace windlass::server
