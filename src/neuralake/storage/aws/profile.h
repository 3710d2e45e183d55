#pragma once

#include <map>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake::storage {

/// Keys and values of one profile. A key of an indented block is `block.key`.
using Profile = std::map<std::string, std::string>;

/// The profiles of AWS' configuration and credentials files.
class Profiles {
 public:
  /// Read both files as the environment names them: `AWS_CONFIG_FILE`,
  /// `AWS_SHARED_CREDENTIALS_FILE`, else below `$HOME/.aws`. A default file may be missing, a named
  /// one not. What the credentials file says wins.
  /// \errors kInvalid  a named file is missing; a line is neither section, comment nor `key =
  /// value`
  static Result<Profiles> Load(const std::map<std::string, std::string>& environment);

  /// The profile of `AWS_PROFILE`, else `default`; null when it is not there.
  const Profile* chosen() const { return Find(chosen_name_); }
  const Profile* Find(const std::string& name) const;
  const std::string& chosen_name() const { return chosen_name_; }
  /// Whether `AWS_PROFILE` named it.
  bool is_named() const { return is_named_; }

  /// Put the sections of `text` over those that are there.
  /// \param has_prefix  sections are called `profile name`, as in the configuration file
  /// \errors kInvalid
  Status Add(std::string_view text, bool has_prefix, const std::string& file);

 private:
  std::map<std::string, Profile> profiles_;
  std::string chosen_name_ = "default";
  bool is_named_ = false;
};

}  // namespace neuralake::storage
