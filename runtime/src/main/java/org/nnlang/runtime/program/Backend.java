package org.nnlang.runtime.program;

import java.util.List;
import java.util.Map;

/// A way to run programs elsewhere than on the processor that runs Java. A provider is a service of this type in a jar on
/// the path; [Devices] finds it.
public interface Backend {
    /// What a device is asked for by, such as `opencl`.
    String name();

    /// Looks for devices. Never throws: what stands in the way is told in the result.
    Probe probe();

    /// Makes a device ready for work.
    ///
    /// @param device one that [#probe] found
    /// @throws org.nnlang.runtime.NnException NN0861 where it fails
    Accelerator open(Device device);

    /// The names of the system properties that change what it does.
    default List<String> switches() {
        return List.of();
    }

    /// What was found.
    ///
    /// @param devices in the order in which an index counts them
    /// @param problems why a device, or any at all, cannot be used, and what to do about it
    record Probe(List<Device> devices, List<String> problems) {
        public Probe {
            devices = List.copyOf(devices);
            problems = List.copyOf(problems);
        }
    }

    /// Something that can compute.
    ///
    /// @param backend the name of its backend
    /// @param index among the backend's devices, from 0
    /// @param memoryBytes of its own
    /// @param details more to tell people, such as the platform and limits, in order
    record Device(String backend, int index, Kind kind, String name, long memoryBytes, Map<String, String> details) {
        public Device {
            details = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(details));
        }

        /// How it is asked for, such as `opencl:0`.
        public String id() {
            return backend + ":" + index;
        }
    }

    /// What a device is. In this order one is chosen where nobody asks for a certain one.
    enum Kind {
        GPU,
        ACCELERATOR,
        OTHER,
        CPU
    }
}
