package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;

/// The devices of all backends on the path.
public final class Devices {
    /// The processor that runs Java, which needs no backend.
    public static final String CPU = "cpu";

    /// The best there is.
    public static final String AUTO = "auto";

    private final Map<Backend, Backend.Probe> probes = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private Devices() {}

    /// Looks at all backends. Never throws.
    public static Devices probe() {
        var devices = new Devices();
        load(devices.problems).forEach(backend -> devices.probes.put(backend, backend.probe()));
        return devices;
    }

    /// The names of the system properties that change what backends do. Looks for no device. Never throws.
    public static List<String> switches() {
        return load(new ArrayList<>()).stream().flatMap(backend -> backend.switches().stream()).toList();
    }

    /// The backends on the path.
    ///
    /// @param problems where to tell why one cannot be loaded
    private static List<Backend> load(List<String> problems) {
        var backends = new ArrayList<Backend>();
        var providers = ServiceLoader.load(Backend.class).iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    return backends;
                }
                backends.add(providers.next());
            } catch (ServiceConfigurationError e) {
                problems.add("a backend cannot be loaded: " + e.getMessage());
            }
        }
    }

    /// The names of the backends.
    public List<String> backends() {
        return probes.keySet().stream().map(Backend::name).toList();
    }

    /// All devices that can be used.
    public List<Backend.Device> all() {
        return probes.values().stream().flatMap(probe -> probe.devices().stream()).toList();
    }

    /// What stands in the way of others.
    public List<String> problems() {
        var all = new ArrayList<>(problems);
        probes.values().forEach(probe -> all.addAll(probe.problems()));
        return all;
    }

    /// Opens the device that a text names: `cpu`, `auto`, a backend, a backend with an index, or with a part of a name, such
    /// as `opencl:h100`.
    ///
    /// @return null for the processor that runs Java; `auto` gives it where there is no GPU
    /// @throws NnException NN0860 where there is no such device, NN0861 where it cannot be opened
    public @Nullable Accelerator open(String wanted) {
        if (wanted.equals(CPU)) {
            return null;
        }
        Backend.Device device = wanted.equals(AUTO) ? best() : find(wanted);
        return device == null ? null : backend(device).open(device);
    }

    private Backend backend(Backend.Device device) {
        return probes.keySet().stream()
                .filter(backend -> backend.name().equals(device.backend()))
                .findFirst()
                .orElseThrow();
    }

    private Backend.@Nullable Device best() {
        return all().stream()
                .filter(device -> device.kind() == Backend.Kind.GPU)
                .findFirst()
                .orElse(null);
    }

    private Backend.Device find(String wanted) {
        int colon = wanted.indexOf(':');
        String backend = colon < 0 ? wanted : wanted.substring(0, colon);
        String which = colon < 0 ? "" : wanted.substring(colon + 1).toLowerCase(Locale.ROOT);
        if (!backends().contains(backend)) {
            throw new NnException(
                    "NN0860",
                    "there is no kind of device called `" + backend + "`",
                    "write one of " + names(backends()) + " or `auto`; a backend is a jar on the class path");
        }
        List<Backend.Device> own = all().stream().filter(device -> device.backend().equals(backend)).toList();
        return own.stream()
                .filter(device -> which.isEmpty()
                        || which.equals(Integer.toString(device.index()))
                        || (!which.chars().allMatch(Character::isDigit)
                                && device.name().toLowerCase(Locale.ROOT).contains(which)))
                .min(Comparator.comparing(Backend.Device::kind))
                .orElseThrow(() -> absent(wanted, own));
    }

    private NnException absent(String wanted, List<Backend.Device> own) {
        String there = own.isEmpty()
                ? String.join("; ", problems().isEmpty() ? List.of("no device was found") : problems())
                : "there are " + String.join(", ", own.stream().map(d -> d.id() + " (" + d.name() + ")").toList());
        return new NnException("NN0860", "there is no device `" + wanted + "`", there + "; `nn doctor` tells more");
    }

    private static String names(List<String> backends) {
        var all = new ArrayList<>(List.of("`cpu`"));
        backends.forEach(name -> all.add("`" + name + "`"));
        return String.join(", ", all);
    }
}
