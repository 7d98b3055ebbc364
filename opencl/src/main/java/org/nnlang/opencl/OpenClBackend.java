package org.nnlang.opencl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.nnlang.opencl.code.Tiling;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.Library;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.Switch;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;

/// OpenCL devices: those of every platform that the system's loader, or a driver by itself, knows of.
public final class OpenClBackend implements Backend {
    private final Supplier<Library.Found> library;

    /// A device with what it takes to open it.
    record Known(Device device, Driver driver, long platform, long handle) {}

    /// Called by the service loader.
    public OpenClBackend() {
        this(Library::find);
    }

    /// A backend over other drivers.
    OpenClBackend(Supplier<Library.Found> library) {
        this.library = library;
    }

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public Probe probe() {
        List<String> problems = new ArrayList<>();
        List<Device> devices = known(problems).stream().map(Known::device).toList();
        return new Probe(devices, problems);
    }

    @Override
    public Accelerator open(Device wanted) {
        Known known = known(new ArrayList<>()).stream()
                .filter(each -> each.device.index() == wanted.index())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no device " + wanted.id()));
        return OpenClAccelerator.open(known);
    }

    @Override
    public List<String> switches() {
        return Stream.concat(
                OpenClAccelerator.SWITCHES.stream().map(Switch::name),
                Stream.of(Library.PROPERTY, ProgramCache.PROPERTY, ProgramCache.DUMP, Tiling.PROPERTY)).toList();
    }

    private List<Known> known(List<String> problems) {
        List<Known> known = new ArrayList<>();
        try {
            Library.Found found = library.get();
            problems.addAll(found.problems());
            for (Driver driver : found.drivers()) {
                for (long platform : driver.platforms()) {
                    add(driver, platform, known, problems);
                }
            }
        } catch (OpenClException | UnsatisfiedLinkError e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return known;
    }

    private void add(Driver driver, long platform, List<Known> known, List<String> problems) {
        String platformName = "a platform";
        try {
            platformName = driver.platformText(platform, Cl.PLATFORM_NAME);
            List<Long> devices = driver.devices(platform);
            if (devices.isEmpty()) {
                problems.add(platformName + " (" + driver.origin() + ") has no device");
            }
            for (long device : devices) {
                String name = driver.deviceText(device, Cl.DEVICE_NAME);
                if (driver.deviceNumber(device, Cl.DEVICE_AVAILABLE) == 0
                        || driver.deviceNumber(device, Cl.DEVICE_COMPILER_AVAILABLE) == 0) {
                    problems.add(name + " is there, but not available, or has no compiler");
                    continue;
                }
                known.add(new Known(describe(driver, platform, device, known.size()), driver, platform, device));
            }
        } catch (OpenClException e) {
            problems.add(platformName + " (" + driver.origin() + "): " + e.getMessage());
        }
    }

    private Device describe(Driver driver, long platform, long device, int index) {
        long type = driver.deviceNumber(device, Cl.DEVICE_TYPE);
        Kind kind = (type & Cl.DEVICE_TYPE_GPU) != 0 ? Kind.GPU
                : (type & Cl.DEVICE_TYPE_ACCELERATOR) != 0 ? Kind.ACCELERATOR
                : (type & Cl.DEVICE_TYPE_CPU) != 0 ? Kind.CPU
                : Kind.OTHER;
        Map<String, String> details = new LinkedHashMap<>();
        details.put("platform", driver.platformText(platform, Cl.PLATFORM_NAME));
        details.put("version", driver.deviceText(device, Cl.DEVICE_VERSION));
        details.put("language", driver.deviceText(device, Cl.DEVICE_OPENCL_C_VERSION));
        details.put("driver", driver.deviceText(device, Cl.DRIVER_VERSION));
        details.put("library", driver.origin());
        details.put("compute units", number(driver, device, Cl.DEVICE_MAX_COMPUTE_UNITS));
        details.put("clock", number(driver, device, Cl.DEVICE_MAX_CLOCK_FREQUENCY) + " MHz");
        details.put("largest buffer", megabytes(driver.deviceNumber(device, Cl.DEVICE_MAX_MEM_ALLOC_SIZE)));
        details.put("local memory", driver.deviceNumber(device, Cl.DEVICE_LOCAL_MEM_SIZE) / 1024 + " KB");
        details.put("largest group", number(driver, device, Cl.DEVICE_MAX_WORK_GROUP_SIZE));
        return new Device(
                name(), index, kind, driver.deviceText(device, Cl.DEVICE_NAME),
                driver.deviceNumber(device, Cl.DEVICE_GLOBAL_MEM_SIZE), details);
    }

    private static String number(Driver driver, long device, int what) {
        return Long.toString(driver.deviceNumber(device, what));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
    }
}
