#pragma once

#include <memory>

#include "neuralake/base/error.h"
#include "neuralake/generate/dataset.h"
#include "neuralake/generate/row_maker.h"

namespace neuralake::generate {

/// Readings of devices in time order, a row a device and interval.
///
/// Temperature and humidity follow the hour of the day; every sensor drifts at a speed of its own
/// until it is calibrated, each 30 days; one in 2,000 readings is a spike; devices go silent for up
/// to hours. With skew, devices of high number report seldom.
/// \errors kInvalid  devices or interval out of range
Result<std::unique_ptr<RowMaker>> OpenTelemetry(const DatasetRequest& request);

}  // namespace neuralake::generate
