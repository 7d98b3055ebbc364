package org.nnlang.runtime.operation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.NnException;

/// The operations of host code that a program may call, by their names. Immutable.
public final class Operations {
    /// None.
    public static final Operations NONE = new Operations(Map.of());

    private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9_]*");

    private final Map<String, Operation> byName;

    private Operations(Map<String, Operation> byName) {
        this.byName = byName;
    }

    /// Those on the path, found by `ServiceLoader` with the thread's context class loader, or this class's own
    /// where there is none.
    ///
    /// @throws NnException NN0870 where one cannot be loaded or says something impossible of itself, NN0871 where two have one name
    public static Operations installed() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return installed(context == null ? Operation.class.getClassLoader() : context);
    }

    /// Those that a class loader finds.
    ///
    /// @throws NnException NN0870 where one cannot be loaded or says something impossible of itself, NN0871 where two have one name
    public static Operations installed(@Nullable ClassLoader loader) {
        List<Operation> found = new ArrayList<>();
        try {
            ServiceLoader.load(Operation.class, loader).forEach(found::add);
        } catch (ServiceConfigurationError e) {
            throw new NnException(
                    "NN0870",
                    "an operation on the class path cannot be loaded: " + e.getMessage(),
                    "its class must be public, with a public constructor without parameters, and implement"
                            + " Operation.Unary, Operation.Binary or Operation.Ternary",
                    e);
        }
        return found.isEmpty() ? NONE : of(found);
    }

    /// Exactly these.
    ///
    /// @throws NnException NN0870 where one says something impossible of itself, NN0871 where two have one name
    public static Operations of(Collection<? extends Operation> operations) {
        Map<String, Operation> byName = new LinkedHashMap<>();
        for (Operation operation : operations) {
            check(operation);
            Operation other = byName.putIfAbsent(operation.name(), operation);
            if (other != null) {
                throw new NnException(
                        "NN0871",
                        "two operations are called `" + operation.name() + "`: "
                                + operation.getClass().getName() + " and " + other.getClass().getName(),
                        "rename one of them, or take its jar off the class path");
            }
        }
        return new Operations(byName);
    }

    private static void check(Operation operation) {
        String type = operation.getClass().getName();
        if (!NAME.matcher(String.valueOf(operation.name())).matches()) {
            throw new NnException(
                    "NN0870",
                    type + " calls its operation `" + operation.name() + "`, which is no name of a function",
                    "a name is a small letter, then letters, digits and `_`");
        }
        int operands = operation.operands().size();
        int gradients = operation.gradients().size();
        if (gradients != 0 && gradients != operands) {
            throw new NnException(
                    "NN0870",
                    "the operation `" + operation.name() + "` has " + operands + " operand" + (operands == 1 ? "" : "s")
                            + ", and " + type + " gives " + gradients + " gradients",
                    "give one for each operand, or none; an operand without derivative has \"0\"");
        }
    }

    /// What is said where an operation throws.
    public static NnException failure(Operation operation, RuntimeException cause) {
        return new NnException(
                "NN0873",
                "the operation `" + operation.name() + "` of " + operation.getClass().getName() + " failed: " + cause,
                "an operation must not throw; where it has no value, it returns NaN",
                cause);
    }

    /// All of them, in the order in which they were found.
    public Collection<Operation> all() {
        return byName.values();
    }

    /// The operation of that name, or null.
    public @Nullable Operation find(String name) {
        return byName.get(name);
    }

    /// The operation of that name, for a program that was compiled with it.
    ///
    /// @param operands how many numbers it took then
    /// @throws NnException NN0872 where there is none
    public Operation get(String name, int operands) {
        Operation operation = byName.get(name);
        if (operation == null) {
            throw new NnException(
                    "NN0872",
                    "this program calls the operation `" + name
                            + "`, which is written in Java and not on the class path",
                    byName.isEmpty()
                            ? "put the jar with the operation on the class path; no operation was found there"
                            : "put the jar with the operation on the class path; found there: "
                                    + String.join(", ", byName.keySet()));
        }
        if (operation.operands().size() != operands) {
            throw new NnException(
                    "NN0872",
                    "this program calls the operation `" + name + "` with " + operands + " operands, and that of "
                            + operation.getClass().getName() + " takes " + operation.operands().size(),
                    "put the version of the jar on the class path that the program was compiled with");
        }
        return operation;
    }
}
