package io.github.mdetr.examples.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Complete requests that wait for one of the threads that work on them. When no more may wait, the client that holds the most
 * places gives up its newest to one that holds fewer. Whatever is not done in time is given up: what waits is dropped, what is at
 * work is interrupted.
 */
final class WorkQueue {
    /** A request: what to do, and how to refuse it instead. Both are called once at most. */
    interface Task {
        /** Works; interrupted when it is to end. */
        void run();

        /** Refuses; called when it waits, or while it runs, before the interrupt. */
        void refuse(HttpError why);
    }

    /** Runs what is due later, such as the end of a request's time; a deadline that is met is forgotten at once, with the request that it was for. */
    static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "mdetr-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true); // else each body would be held until its deadline
        return clock;
    }

    /** A task in its place. */
    private static final class Place {
        private final String client;
        private final Task task;
        private @Nullable Thread worker; // set while it runs
        private @Nullable ScheduledFuture<?> end;

        Place(String client, Task task) {
            this.client = client;
            this.task = task;
        }
    }

    private final int atWork;
    private final int maxWaiting;
    private final Duration timeout;
    private final ScheduledExecutorService clock;
    private final FaultLog faults;
    private final Deque<Place> waiting = new ArrayDeque<>();
    private final List<Place> running = new ArrayList<>();
    private boolean stopping;
    private boolean ended;

    /**
     * Starts the threads.
     *
     * @param atWork how many tasks run at once
     * @param maxWaiting how many wait at most
     * @param timeout how long each may take, waiting included
     */
    WorkQueue(int atWork, int maxWaiting, Duration timeout, ScheduledExecutorService clock, FaultLog faults) {
        this.faults = faults;
        this.atWork = atWork;
        this.maxWaiting = maxWaiting;
        this.timeout = timeout;
        this.clock = clock;
        for (int i = 0; i < atWork; i++) {
            Thread worker = new Thread(this::work, "mdetr-detect-" + i);
            worker.setDaemon(true); // the end of the process does not wait for what does not end
            worker.start();
        }
    }

    /**
     * Gives a task its place.
     *
     * @throws HttpError 503 when there is none
     */
    void submit(String client, Task task) throws HttpError {
        Place place = new Place(client, task);
        Place displaced = null;
        synchronized (this) {
            if (stopping) {
                throw stopping();
            }
            if (waiting.size() + running.size() >= atWork + maxWaiting) {
                displaced = displacedBy(client);
                if (displaced == null) {
                    throw full();
                }
                forget(displaced);
            }
            waiting.add(place);
            place.end = clock.schedule(() -> giveUp(place, late()), timeout.toMillis(), TimeUnit.MILLISECONDS);
            notifyAll();
        }
        if (displaced != null) {
            displaced.task.refuse(full());
        }
    }

    /** The newest waiting task of the client that holds the most places, if that is more than {@code client} would hold. */
    private @Nullable Place displacedBy(String client) {
        Map<String, Integer> places = new HashMap<>();
        Stream.concat(waiting.stream(), running.stream()).forEach(p -> places.merge(p.client, 1, Integer::sum));
        int own = places.getOrDefault(client, 0) + 1;
        Place chosen = null;
        for (Iterator<Place> newestFirst = waiting.descendingIterator(); newestFirst.hasNext(); ) {
            Place p = newestFirst.next();
            int held = places.getOrDefault(p.client, 0);
            if (held > own && (chosen == null || held > places.getOrDefault(chosen.client, 0))) {
                chosen = p;
            }
        }
        return chosen;
    }

    private void forget(Place place) {
        waiting.remove(place);
        if (place.end != null) {
            place.end.cancel(false);
        }
        notifyAll();
    }

    private HttpError full() {
        return HttpError.unavailable(maxWaiting + " requests are waiting already; come again later");
    }

    private HttpError late() {
        return HttpError.unavailable("no result in " + seconds(timeout) + " s; come again later");
    }

    static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? Long.toString(time.toSeconds()) : Double.toString(time.toMillis() / 1e3);
    }

    private static HttpError stopping() {
        return HttpError.unavailable("the service is stopping");
    }

    /** Refuses a task and ends it, wherever it is. */
    private void giveUp(Place place, HttpError why) {
        try {
            place.task.refuse(why);
        } finally {
            synchronized (this) {
                forget(place);
                if (place.worker != null) {
                    place.worker.interrupt();
                }
            }
        }
    }

    private void work() {
        while (true) {
            Place place;
            synchronized (this) {
                while (waiting.isEmpty() && !ended) {
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        // of a task that had just ended
                    }
                }
                if (ended) {
                    return;
                }
                place = waiting.remove();
                place.worker = Thread.currentThread();
                running.add(place);
            }
            try {
                place.task.run();
            } catch (RuntimeException | Error e) { // a task reports its own; the thread goes on
                faults.failure("task", e);
            } finally {
                synchronized (this) {
                    place.worker = null;
                    running.remove(place);
                    forget(place);
                    Thread.interrupted(); // meant for that task
                }
            }
        }
    }

    /** How many would be taken on now. */
    synchronized int free() {
        return stopping ? 0 : atWork + maxWaiting - waiting.size() - running.size();
    }

    /** Whether no more are taken on. */
    synchronized boolean isStopping() {
        return stopping;
    }

    /**
     * Takes no more, lets those here end for some time, and then gives them up.
     *
     * @param grace how long they may go on
     * @param last how long to wait for those that were given up
     * @return whether all have ended
     */
    boolean stop(Duration grace, Duration last) {
        synchronized (this) {
            stopping = true;
        }
        boolean all = awaitNone(grace);
        if (!all) {
            List<Place> left;
            synchronized (this) {
                left = Stream.concat(waiting.stream(), running.stream()).toList();
            }
            left.forEach(p -> giveUp(p, stopping()));
            all = awaitNone(last);
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        return all;
    }

    private synchronized boolean awaitNone(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        while (!waiting.isEmpty() || !running.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                break;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                interrupted = true;
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return waiting.isEmpty() && running.isEmpty();
    }
}
