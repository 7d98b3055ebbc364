package org.nnlang.cli;

import java.io.File;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/// A port that may be left out: what follows the option and is the program, or another option, belongs to the command.
final class PortConsumer implements IParameterConsumer {
    private static final int LARGEST = 65_535;

    @Override
    public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
        int port = Integer.parseInt(((CommandLine.Model.OptionSpec) option).fallbackValue());
        if (!arguments.isEmpty() && !belongsToTheCommand(arguments.peek())) {
            port = port(arguments.pop(), command);
        }
        option.setValue(port);
    }

    private static boolean belongsToTheCommand(String argument) {
        return argument.matches("-.*\\D.*|-|.*\\.nn") || new File(argument).exists();
    }

    private static int port(String given, CommandSpec command) {
        if (given.matches("\\d{1,5}") && Integer.parseInt(given) <= LARGEST) {
            return Integer.parseInt(given);
        }
        throw new CommandLine.ParameterException(
                command.commandLine(),
                "--watch takes a port, a number from 0 to " + LARGEST + " where 0 is any that is free, and this is `"
                        + given + "`");
    }
}
