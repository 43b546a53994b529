# Makes data.csv, ratios.csv and sets.csv in r-adjusted/: Rscript make.R in the folder above.
# R 4.2.2 with its package survival 3.5-3. Forty random sets with three arms, two numbers, ties.
library(survival)
set.seed(20261127)
out <- NULL; dat <- NULL; sets <- NULL
for (s in 1:40) {
  n <- sample(c(25,40,60,100),1)
  d <- data.frame(set=s, time=sample(c(1:30, 5, 5, 10, 10),n,TRUE), event=rbinom(n,1,.75),
    arm=sample(c("a","b","c"),n,TRUE,c(.5,.3,.2)), age=round(rnorm(n,40,15),1), platelets=round(rlnorm(n,4,.8)), sex=sample(c("f","m"),n,TRUE))
  d$time <- ceiling(d$time*exp(.3*(d$arm=="b")+.01*(d$age-40)))
  f <- coxph(Surv(time,event)~factor(arm)+age+platelets+sex, d, ties="efron", control=coxph.control(eps=1e-14,iter.max=200,toler.chol=1e-15))
  c <- summary(f)$coefficients
  out <- rbind(out, data.frame(set=s, term=c("arm b","arm c","age","platelets","sex m"), coef=c[,1], se=c[,3], p=c[,5]))
  sets <- rbind(sets, data.frame(set=s, null=f$loglik[1], loglik=f$loglik[2], n=f$n, events=f$nevent))
  dat <- rbind(dat,d)
}
dir.create("r-adjusted", showWarnings=FALSE)
options(digits=17)
write.csv(dat,"r-adjusted/data.csv",row.names=FALSE,quote=FALSE)
out[,3:5] <- sapply(out[,3:5], function(v) sprintf("%.15g",v)); sets[,2:3] <- sapply(sets[,2:3], function(v) sprintf("%.15g",v))
write.csv(out,"r-adjusted/ratios.csv",row.names=FALSE,quote=FALSE)
write.csv(sets,"r-adjusted/sets.csv",row.names=FALSE,quote=FALSE)
