package org.nnlang.cli;

import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/// A port that may be left out: what follows the option and is no number belongs to the command.
final class PortConsumer implements IParameterConsumer {
    private static final int LARGEST = 65_535;

    @Override
    public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
        int port = Integer.parseInt(((CommandLine.Model.OptionSpec) option).fallbackValue());
        if (!arguments.isEmpty() && arguments.peek().matches("\\d+")) {
            String given = arguments.pop();
            if (given.length() > 5 || Integer.parseInt(given) > LARGEST) {
                throw new CommandLine.ParameterException(
                        command.commandLine(), "a port is a number from 0 to " + LARGEST + ", and this is " + given);
            }
            port = Integer.parseInt(given);
        }
        option.setValue(port);
    }
}
