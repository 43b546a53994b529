# Makes data.csv, sets.csv, curves.csv and ratios.csv beside it: Rscript make.R
# R 4.2.2 with its package survival 3.5-3. One random set after another: 6 to 40 patients in two to
# five groups, times with ties, some sets without censoring, some in fractions of a week.
library(survival)
set.seed(20261126)

types <- c(log = "log", loglog = "log-log", plain = "plain")
data <- sets <- curves <- ratios <- list()

for (i in 1:100) {
  k <- 2 + i %% 4
  n <- sample(max(6, 2 * k):40, 1)
  group <- sample(c(letters[1:k], sample(letters[1:k], n - k, replace = TRUE)))
  scale <- 1 + 0.7 * match(group, letters)
  time <- ceiling(rexp(n, 1 / (6 * scale)))
  if (i %% 5 == 0) time <- time / 7
  event <- if (i %% 3 == 0) rep(1, n) else rbinom(n, 1, 0.7)
  if (sum(event) < 2) event[1:2] <- 1
  d <- data.frame(set = i, time, event, group)
  y <- Surv(d$time, d$event)
  row <- data.frame(set = i, n = n, k = k)

  for (type in names(types)) {
    fit <- survfit(y ~ 1, conf.type = types[[type]])
    row[paste0(c("median_", "lower_", "upper_"), type)] <-
      as.list(unname(summary(fit)$table[c("median", "0.95LCL", "0.95UCL")]))
    own <- data.frame(fit$lower, fit$upper)
    names(own) <- paste0(c("lower_", "upper_"), type)
    if (type == "log") {
      curve <- data.frame(set = i, time = fit$time, n_risk = fit$n.risk, n_event = fit$n.event,
                          survival = fit$surv)
    }
    curve <- cbind(curve, own)
  }

  row$tau <- as.numeric(quantile(d$time, 0.7, type = 1))
  table <- summary(survfit(y ~ 1), rmean = row$tau)$table
  row[c("rmean", "rmean_se")] <- as.list(unname(table[c("rmean", "se(rmean)")]))

  test <- survdiff(y ~ group, data = d)
  row[c("chisq", "df", "p")] <- list(test$chisq, sum(test$exp > 0) - 1, NA)
  row$p <- pchisq(row$chisq, row$df, lower.tail = FALSE)

  control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 200)
  cox <- suppressWarnings(coxph(y ~ factor(group), data = d, ties = "efron", control = control))
  se <- sqrt(diag(vcov(cox)))
  finite <- abs(coef(cox)) < 8 & se < 50
  limits <- cbind(coef(cox), coef(cox) - qnorm(0.975) * se, coef(cox) + qnorm(0.975) * se)
  limits[!finite, ] <- NA
  ratio <- data.frame(set = i, group = letters[2:k], exp(limits))
  names(ratio)[3:5] <- c("ratio", "lower", "upper")
  row[c("zph_chisq", "zph_df", "zph_p")] <- NA
  if (all(finite) && length(unique(d$time[d$event == 1])) > 1) {
    zph <- tryCatch(cox.zph(cox, "km")$table["GLOBAL", ], error = function(e) rep(NA, 3))
    row[c("zph_chisq", "zph_df", "zph_p")] <- as.list(unname(zph))
  }
  data[[i]] <- d; sets[[i]] <- row; curves[[i]] <- curve; ratios[[i]] <- ratio
}

for (name in c("data", "sets", "curves", "ratios")) {
  frame <- do.call(rbind, get(name))
  numbers <- sapply(frame, is.numeric)
  frame[numbers] <- lapply(frame[numbers], signif, digits = if (name == "data") 15 else 13)
  write.csv(frame, paste0(name, ".csv"), row.names = FALSE, quote = FALSE)
}
