// SPDX-License-Identifier: GPL-2.0-only

#include "strata-study-runner.h"

#include "strata-study-error.h"

#include "ns3/rng-seed-manager.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <iostream>
#include <poll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace ns3
{
namespace strata
{

namespace
{

using Clock = std::chrono::steady_clock;

/** What a worker sends: a kind, the length of the text in eight bytes, the text. */
constexpr char KIND_RESULT = 'R';
constexpr char KIND_ERROR = 'E';
constexpr std::size_t FRAME_HEADER = 9;

/** Set by the handler below; a signal handler can reach nothing but a global. */
volatile std::sig_atomic_t g_interrupted = 0;

void
Interrupt(int)
{
    g_interrupted = 1;
}

/** Turns the signals that end a program into an orderly end while workers run. */
class SignalGuard
{
  public:
    SignalGuard()
    {
        g_interrupted = 0;
        struct sigaction action = {};
        action.sa_handler = &Interrupt;
        sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < SIGNALS.size(); ++i)
        {
            ::sigaction(SIGNALS[i], &action, &m_before[i]);
        }
    }

    ~SignalGuard()
    {
        Restore();
    }

    void Restore() const
    {
        for (std::size_t i = 0; i < SIGNALS.size(); ++i)
        {
            ::sigaction(SIGNALS[i], &m_before[i], nullptr);
        }
    }

    SignalGuard(const SignalGuard&) = delete;
    SignalGuard& operator=(const SignalGuard&) = delete;

  private:
    static constexpr std::array<int, 3> SIGNALS{SIGINT, SIGTERM, SIGHUP};
    std::array<struct sigaction, 3> m_before{};
};

struct Worker
{
    pid_t pid{-1};
    int pipe{-1};
    StudyJob job;
    std::string bytes;
    Clock::time_point started;
};

std::string
JobName(const StudyJob& job)
{
    return fmt::format("'{}', run {}", job.name, job.run + 1);
}

/** \p text without line breaks, for a message. */
std::string
OneLine(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text.substr(0, 400);
}

void
WriteFrame(int pipe, char kind, const std::string& text)
{
    std::string frame(1, kind);
    for (int shift = 56; shift >= 0; shift -= 8)
    {
        frame += static_cast<char>((static_cast<uint64_t>(text.size()) >> shift) & 0xff);
    }
    frame += text;
    std::size_t sent = 0;
    while (sent < frame.size())
    {
        const ssize_t got = ::write(pipe, frame.data() + sent, frame.size() - sent);
        if (got < 0 && errno == EINTR)
        {
            continue;
        }
        if (got <= 0)
        {
            return;
        }
        sent += static_cast<std::size_t>(got);
    }
}

/** The worker's whole life; never returns. */
[[noreturn]] void
RunWorker(int pipe, const StudyOptions& options, const StudyJob& job, const StudyFunction& function)
{
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    int status = 0;
    try
    {
        RngSeedManager::SetSeed(options.seed);
        RngSeedManager::SetRun(job.run + 1);
        WriteFrame(pipe, KIND_RESULT, function(job).dump());
    }
    catch (const std::exception& error)
    {
        WriteFrame(pipe, KIND_ERROR, error.what());
        status = 1;
    }
    catch (...)
    {
        WriteFrame(pipe, KIND_ERROR, "an exception of unknown type");
        status = 1;
    }
    std::cout.flush();
    std::fflush(nullptr);
    // Nothing that the parent set up is torn down here.
    ::_exit(status);
}

/** A line that counts jobs, when a person watches. */
class Progress
{
  public:
    explicit Progress(std::size_t total)
        : m_total(total),
          m_shown(::isatty(STDERR_FILENO) == 1 && total > 1),
          m_started(Clock::now())
    {
    }

    ~Progress()
    {
        if (m_shown)
        {
            std::fputs("\r\033[K", stderr);
        }
    }

    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void Show(std::size_t done) const
    {
        if (!m_shown)
        {
            return;
        }
        constexpr std::size_t width = 40;
        const std::size_t filled = done * width / m_total;
        const double seconds = std::chrono::duration<double>(Clock::now() - m_started).count();
        const std::string left = done == 0 ? ""
                                           : fmt::format(", {:.0f} s left",
                                                         seconds / static_cast<double>(done) *
                                                             static_cast<double>(m_total - done));
        const std::string line = fmt::format("\r\033[K[{:<{}}] {}/{} simulations{}",
                                             std::string(filled, '#'),
                                             width,
                                             done,
                                             m_total,
                                             left);
        std::fputs(line.c_str(), stderr);
        std::fflush(stderr);
    }

  private:
    std::size_t m_total;
    bool m_shown;
    Clock::time_point m_started;
};

/** The workers that run; ends them when it goes. */
class Pool
{
  public:
    Pool(const StudyOptions& options, const StudyFunction& function, const SignalGuard& signals)
        : m_options(options),
          m_function(function),
          m_signals(signals)
    {
    }

    ~Pool()
    {
        for (const Worker& worker : m_workers)
        {
            ::kill(worker.pid, SIGKILL);
            ::waitpid(worker.pid, nullptr, 0);
            ::close(worker.pipe);
        }
    }

    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    std::size_t Size() const
    {
        return m_workers.size();
    }

    void Start(const StudyJob& job)
    {
        int ends[2];
        if (::pipe(ends) != 0)
        {
            throw StudyError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
        }
        // What is buffered would be written by the worker once more.
        std::cout.flush();
        std::fflush(nullptr);
        const pid_t pid = ::fork();
        if (pid < 0)
        {
            const int error = errno;
            ::close(ends[0]);
            ::close(ends[1]);
            throw StudyError(fmt::format("cannot start a process: {}", std::strerror(error)));
        }
        if (pid == 0)
        {
            m_signals.Restore();
            ::close(ends[0]);
            for (const Worker& other : m_workers)
            {
                ::close(other.pipe);
            }
            RunWorker(ends[1], m_options, job, m_function);
        }
        ::close(ends[1]);
        Worker worker;
        worker.pid = pid;
        worker.pipe = ends[0];
        worker.job = job;
        worker.started = Clock::now();
        m_workers.push_back(std::move(worker));
    }

    /** Waits until some worker has ended; moves their results to \p results. */
    std::size_t Collect(std::vector<StudyJobResult>& results)
    {
        std::vector<pollfd> waiting;
        for (const Worker& worker : m_workers)
        {
            waiting.push_back({worker.pipe, POLLIN, 0});
        }
        const int ready = ::poll(waiting.data(), waiting.size(), 100);
        if (g_interrupted)
        {
            throw StudyError("interrupted");
        }
        if (ready < 0 && errno != EINTR)
        {
            throw StudyError(fmt::format("cannot wait for a worker: {}", std::strerror(errno)));
        }
        std::size_t finished = 0;
        for (std::size_t i = waiting.size(); i > 0; --i)
        {
            Worker& worker = m_workers[i - 1];
            if (ready > 0 && waiting[i - 1].revents != 0 && Read(worker))
            {
                const Worker done = std::move(worker);
                m_workers.erase(m_workers.begin() + static_cast<std::ptrdiff_t>(i - 1));
                results[done.job.index] = Finish(done);
                ++finished;
            }
            else if (Clock::now() - worker.started > m_options.timeLimit)
            {
                throw StudyError(fmt::format("{} took more than {} s (--timeLimit)",
                                             JobName(worker.job),
                                             m_options.timeLimit.count() / 1e9));
            }
        }
        return finished;
    }

  private:
    /** Reads what is there; true at the end of the worker's output. */
    static bool Read(Worker& worker)
    {
        std::array<char, 65536> buffer;
        const ssize_t got = ::read(worker.pipe, buffer.data(), buffer.size());
        if (got > 0)
        {
            worker.bytes.append(buffer.data(), static_cast<std::size_t>(got));
        }
        return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
    }

    StudyJobResult Finish(const Worker& worker) const
    {
        ::close(worker.pipe);
        // A worker that closed its output and goes on is ended: what it sent is complete or not.
        int status = 0;
        while (::waitpid(worker.pid, &status, WNOHANG) == 0)
        {
            if (Clock::now() - worker.started > m_options.timeLimit)
            {
                ::kill(worker.pid, SIGKILL);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        const std::string name = JobName(worker.job);
        const std::string& bytes = worker.bytes;
        uint64_t length = 0;
        for (std::size_t i = 1; i < FRAME_HEADER && bytes.size() >= FRAME_HEADER; ++i)
        {
            length = length << 8 | static_cast<uint8_t>(bytes[i]);
        }
        const bool whole = bytes.size() >= FRAME_HEADER && bytes.size() - FRAME_HEADER == length;
        if (whole && bytes[0] == KIND_ERROR)
        {
            throw StudyError(fmt::format("{}: {}", name, OneLine(bytes.substr(FRAME_HEADER))));
        }
        if (WIFSIGNALED(status))
        {
            throw StudyError(fmt::format("{} crashed: signal {} ({})",
                                         name,
                                         WTERMSIG(status),
                                         ::strsignal(WTERMSIG(status))));
        }
        if (!whole)
        {
            throw StudyError(fmt::format("{} left without a result (exit status {})",
                                         name,
                                         WEXITSTATUS(status)));
        }
        StudyJobResult result;
        result.job = worker.job;
        result.value = StudyJson::parse(bytes.begin() + FRAME_HEADER, bytes.end());
        result.wallSeconds = std::chrono::duration<double>(Clock::now() - worker.started).count();
        return result;
    }

    const StudyOptions& m_options;
    const StudyFunction& m_function;
    const SignalGuard& m_signals;
    std::vector<Worker> m_workers;
};

} // namespace

uint32_t
WorkerCount(const StudyOptions& options)
{
    return options.workers > 0 ? options.workers
                               : std::max(1U, std::thread::hardware_concurrency());
}

std::vector<StudyJobResult>
RunJobs(const StudyOptions& options,
        const std::vector<std::string>& cells,
        const StudyFunction& function)
{
    std::deque<StudyJob> waiting;
    for (std::size_t cell = 0; cell < cells.size(); ++cell)
    {
        for (uint32_t run = 0; run < options.runs; ++run)
        {
            waiting.push_back({waiting.size(), cell, cells[cell], run});
        }
    }
    const std::size_t total = waiting.size();
    const uint32_t workers = WorkerCount(options);
    std::vector<StudyJobResult> results(total);
    const SignalGuard signals;
    const Progress progress(total);
    Pool pool(options, function, signals);
    std::size_t done = 0;
    while (done < total)
    {
        while (!waiting.empty() && pool.Size() < workers)
        {
            pool.Start(waiting.front());
            waiting.pop_front();
        }
        progress.Show(done);
        done += pool.Collect(results);
    }
    return results;
}

} // namespace strata
} // namespace ns3
