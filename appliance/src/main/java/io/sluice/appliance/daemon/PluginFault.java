// SPDX-License-Identifier: Apache-2.0
package io.sluice.appliance.daemon;

import io.sluice.handler.DeviceGroupProvider;
import io.sluice.handler.DeviceProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ServiceConfigurationError;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a plugin: the place, the problem, the remedy, in one line. It costs the plugin's own devices, never those of
 * others.
 */
final class PluginFault {
    static final String SERVICE = "META-INF/services/" + DeviceProvider.class.getName();

    private static final String CLASS =
            "the class is public, implements DeviceProvider and has a public constructor without parameters";

    private PluginFault() {}

    /** Nothing in it says that it is a plugin. */
    static String withoutProvider(Path plugin) {
        return plugin + " names no device provider: put the name of the class that implements DeviceProvider into "
                + SERVICE + " (a library that a plugin needs goes with it into a directory, plugins/NAME/)";
    }

    static String unreadable(Path plugin, IOException failed) {
        String problem = failed instanceof ZipException ? " is no JAR: " : " cannot be read: ";
        return plugin + problem + failed.getMessage() + ": copy it again, or remove it";
    }

    static String typeTaken(Path plugin, String type, DeviceProvider other) {
        return plugin + " provides device type \"" + type + "\", which "
                + other.getClass().getName() + " from " + origin(other)
                + " provides: remove one of them, or give it another type";
    }

    static String illegalType(Path plugin, DeviceProvider provider, @Nullable String type) {
        return plugin + ": " + provider.getClass().getName() + ".type() is \"" + type
                + "\": use lower-case letters, digits and hyphens";
    }

    static String wordTaken(Path plugin, String word, DeviceGroupProvider other) {
        return plugin + " provides tables [[" + word + "]], which "
                + other.getClass().getName() + " provides: remove one of them, or give it another word";
    }

    static String illegalWord(Path plugin, DeviceGroupProvider provider, @Nullable String word) {
        return plugin + ": " + provider.getClass().getName() + ".word() is \"" + word
                + "\": use lower-case letters, digits and hyphens, and no table of the appliance's own";
    }

    /** A provider that could not be made, or that threw what no provider may. */
    static String of(Path plugin, Throwable thrown) {
        return switch (cause(thrown)) {
            case UnsupportedClassVersionError newer ->
                plugin + " was compiled for a newer Java (" + newer.getMessage() + "): compile it with --release "
                        + Runtime.version().feature();
            case NoSuchMethodException constructor -> plugin + ": no " + constructor.getMessage() + ": " + CLASS;
            case LinkageError other ->
                plugin + " does not fit this version of the handler API (" + other
                        + "): compile it again, against the class path that `./sluice api` prints";
            case ServiceConfigurationError wrong ->
                plugin + ": " + wrong.getMessage() + ": correct " + SERVICE + " in it; " + CLASS;
            case Throwable other ->
                plugin + ": its code threw " + other + at(other) + ": correct it, or remove the JAR";
        };
    }

    /** Below what ServiceLoader and class initialization put around it. */
    private static Throwable cause(Throwable thrown) {
        Throwable below = thrown.getCause();
        boolean isWrapped =
                thrown instanceof ServiceConfigurationError || thrown instanceof ExceptionInInitializerError;
        return isWrapped && below != null ? cause(below) : thrown;
    }

    private static String at(Throwable thrown) {
        StackTraceElement[] stack = thrown.getStackTrace();
        return stack.length == 0
                ? ""
                : " at " + stack[0].getClassName() + "." + stack[0].getMethodName() + ", line "
                        + stack[0].getLineNumber();
    }

    /** The JAR or directory that a provider comes from. */
    static Path origin(DeviceProvider provider) {
        CodeSource source = provider.getClass().getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? Path.of(provider.getClass().getName())
                : Path.of(source.getLocation().getPath());
    }
}
