package io.github.mdetr.core.op;

import io.github.mdetr.core.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The public operations as found in the package's class files, and calling them by name, which keeps count of what a
 * test has really called. An operation is named {@code Class.method/parameters}.
 */
final class Operations {
    private final Set<String> called = new TreeSet<>();

    /** Names of every public static method of this package that gives a tensor. */
    static Set<String> all() {
        return in(classes());
    }

    static Set<String> in(Collection<Class<?>> classes) {
        Set<String> names = new TreeSet<>();
        for (Method m : methods(classes)) {
            if (!names.add(name(m))) {
                throw new IllegalStateException("two operations " + name(m) + ": tell them apart by more than types");
            }
        }
        return names;
    }

    private static List<Method> methods(Collection<Class<?>> classes) {
        return classes.stream()
                .filter(c -> Modifier.isPublic(c.getModifiers()))
                .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
                .filter(m -> Modifier.isPublic(m.getModifiers()) && Modifier.isStatic(m.getModifiers()))
                .filter(m -> m.getGenericReturnType().getTypeName().contains(Tensor.class.getName()))
                .sorted(Comparator.comparing(Operations::name))
                .toList();
    }

    private static String name(Method m) {
        return m.getDeclaringClass().getSimpleName() + "." + m.getName() + "/" + m.getParameterCount();
    }

    /** The classes of this package in the main output. */
    static List<Class<?>> classes() {
        String home = Operations.class.getPackageName();
        try {
            URI main = Elementwise.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            List<Class<?>> found = new ArrayList<>();
            try (Stream<Path> files = Files.list(Path.of(main).resolve(home.replace('.', '/')))) {
                for (Path f : files.sorted().toList()) {
                    String file = f.getFileName().toString();
                    if (file.endsWith(".class") && !file.equals("package-info.class")) {
                        found.add(Class.forName(home + "." + file.substring(0, file.length() - ".class".length())));
                    }
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls {@code Class.method}; among overloads the one of as many parameters. */
    Tensor call(String name, Object... arguments) {
        String wanted = name + "/" + arguments.length;
        Method m = methods(classes()).stream()
                .filter(c -> name(c).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operation " + wanted + " among " + all()));
        called.add(wanted);
        try {
            return (Tensor) m.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            if (e.getCause() instanceof Error r) {
                throw r;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names of the operations called so far. */
    Set<String> called() {
        return called;
    }
}
