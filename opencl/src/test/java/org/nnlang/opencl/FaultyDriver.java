package org.nnlang.opencl;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.Library;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;

/// A layer over a driver that counts the objects which exist, fails where it is told to, and tells what it is told to of devices.
final class FaultyDriver {
    private final Driver below;
    private final String name;
    final Driver driver;
    /// How many objects of each kind exist.
    final Map<String, Integer> objects = new TreeMap<>();
    /// How often each function was called.
    final Map<String, Integer> calls = new TreeMap<>();
    /// What it tells of every device instead of the truth: texts and numbers, by what is asked for.
    final Map<Integer, Object> tells = new TreeMap<>();
    /// What it says of a build instead of the truth, or null.
    @Nullable
    String log;
    private String function = "";
    private int after;
    private int code;
    private boolean forever;

    private FaultyDriver(Driver below, String name) {
        this.below = below;
        this.name = name;
        driver = (Driver) Proxy.newProxyInstance(
                Driver.class.getClassLoader(), new Class<?>[] {Driver.class}, (_, method, arguments) -> call(method,
                        arguments));
    }

    /// Lets the call number `number` (from 1) of a function fail; with `forever` also all others of any function after it,
    /// as those of a lost device do.
    void failAt(String wanted, int number, int error, boolean lost) {
        function = wanted;
        after = number + calls.getOrDefault(wanted, 0);
        code = error;
        forever = lost;
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        int number = calls.merge(name, 1, Integer::sum);
        boolean fails = name.equals(function) && number >= after && (forever || number == after);
        boolean asks =
                List.of("origin", "platforms", "platformText", "devices", "deviceText", "deviceNumber").contains(name);
        boolean lost = forever && calls.getOrDefault(function, 0) >= after && !asks;
        if (name.startsWith("release")) {
            // A lost device's objects are given back all the same.
            objects.merge(name.substring("release".length()), -1, Integer::sum);
        } else if (fails || lost) {
            throw new OpenClException(name, code);
        }
        if (name.equals("buildLog") && log != null) {
            return log;
        }
        boolean known = name.equals("deviceText") || name.equals("deviceNumber");
        if (known && tells.get((Integer) arguments[1]) instanceof Object told) {
            return told;
        }
        try {
            Object result = method.invoke(below, arguments);
            boolean made = name.startsWith("create") && !result.equals(0L);
            boolean event = (name.equals("enqueue") || name.equals("write")) && !result.equals(0L);
            if (made || event) {
                objects.merge(event ? "Event" : name.substring("create".length()), 1, Integer::sum);
            }
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /// All objects that exist.
    int count() {
        return objects.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// The test device, through this layer.
    static FaultyDriver over(Accelerator device) {
        return new FaultyDriver(((OpenClAccelerator) device).driver, device.device().name());
    }

    /// A backend that knows this driver alone.
    OpenClBackend backend() {
        return new OpenClBackend(() -> new Library.Found(List.of(driver), List.of()));
    }

    /// The device that it was made for, through this layer.
    OpenClAccelerator open() {
        String wanted = tells.getOrDefault(Cl.DEVICE_NAME, name).toString();
        return (OpenClAccelerator) open(backend().probe().devices().stream()
                .filter(each -> each.name().equals(wanted)).findFirst().orElseThrow());
    }

    Accelerator open(Backend.Device device) {
        return backend().open(device);
    }
}
